import type { ErrorCode } from '../../../../libs/domain/errors.js';
import { html } from './html.js';
import { type Language, type PageBrand, page } from './layout.js';
import { texts } from './texts.js';

/** The brand is left out where a link does not lead to one. */
export interface RefusalPage {
  brand?: PageBrand;
  language: Language;
}

/** For a link that was ours and has run out. */
export function expiredPage({ brand, language }: RefusalPage): string {
  const words = texts[language].expired;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead}</p>
<p>${words.next}</p>`,
  });
}

/** For a link that cannot be read, and for one that leads to nothing: the two look the same. */
export function invalidLinkPage({ brand, language }: RefusalPage): string {
  const words = texts[language].invalidLink;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead}</p>
<p>${words.next}</p>`,
  });
}

export function tooManyPage({ brand, language }: RefusalPage): string {
  const words = texts[language].tooMany;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead}</p>`,
  });
}

export interface ErrorPage extends RefusalPage {
  /** Shown for whoever asks for help. Nothing else of the error reaches the page. */
  code: ErrorCode;
}

export function errorPage({ brand, language, code }: ErrorPage): string {
  const words = texts[language].error;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead}</p>
<p class="quiet">${words.code} <code>${code}</code></p>`,
  });
}
