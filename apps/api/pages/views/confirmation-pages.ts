import { html } from './html.js';
import { bulleted, type Language, type PageBrand, page } from './layout.js';
import { texts } from './texts.js';

/** What a confirmation mail asked for. */
export type ConfirmationKind = 'subscription' | 'resubscription' | 'test_address';

export interface ConfirmPage {
  brand: PageBrand;
  language: Language;
  /** Where the button posts to. Opening the page confirms nothing: mail scanners open every link. */
  action: string;
  /** The page of "this was not me" (`rejectPage`). */
  rejectUrl: string;
  /** Names, in the order in which they are shown; none for a test address. */
  lists: readonly string[];
  kind: ConfirmationKind;
}

export function confirmPage({ brand, language, action, rejectUrl, lists, kind }: ConfirmPage): string {
  const { notMe, [kind]: words } = texts[language].confirm;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead(brand.name)}</p>
${bulleted(lists)}
<form method="post" action="${action}">
<button type="submit">${words.button}</button>
</form>
<p class="quiet">${words.after}</p>
<p><a class="way-out" href="${rejectUrl}">${notMe}</a></p>`,
  });
}

export interface ConfirmedPage {
  brand: PageBrand;
  language: Language;
  lists: readonly string[];
  kind: ConfirmationKind;
}

export function confirmedPage({ brand, language, lists, kind }: ConfirmedPage): string {
  const words = texts[language].confirmed[kind];
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead(brand.name)}</p>
${bulleted(lists)}
<p class="quiet">${words.after}</p>`,
  });
}

export interface RejectPage {
  brand: PageBrand;
  language: Language;
  /** Where the button posts to. */
  action: string;
}

export function rejectPage({ brand, language, action }: RejectPage): string {
  const words = texts[language].reject;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead(brand.name)}</p>
<p>${words.effect}</p>
<form method="post" action="${action}">
<button type="submit">${words.button}</button>
</form>
<p class="quiet">${words.otherwise}</p>`,
  });
}

export interface RejectedPage {
  brand: PageBrand;
  language: Language;
}

export function rejectedPage({ brand, language }: RejectedPage): string {
  const words = texts[language].rejected;
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead}</p>
<p class="quiet">${words.after}</p>`,
  });
}
