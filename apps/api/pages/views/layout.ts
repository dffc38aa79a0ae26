import { brandStylesheetPath } from './brand-stylesheet.js';
import { type Html, html, webAddress } from './html.js';
import type { Language } from './language.js';
import { stylesheetPath } from './stylesheet.js';
import { texts } from './texts.js';

export type { Language } from './language.js';

/** In whose name a page speaks. What is null is left out; without a controller the brand's name stands for it. */
export interface PageBrand {
  name: string;
  /** `#rrggbb` */
  color: string;
  /** The company that is responsible under the GDPR (art. 4(7)), as people are told it (art. 13(1)(a)). */
  controller: string | null;
  /** May have several lines. */
  postalAddress: string | null;
  /** Linked if it is http or https, shown as text otherwise. */
  privacyNoticeUrl: string | null;
}

/** The company's name as people are told it. */
export function controllerOf(brand: PageBrand): string {
  return brand.controller || brand.name;
}

/** A link to the privacy notice in a tab of its own: what was typed into a form stays, and an embedding page too. */
export function privacyNoticeLink(language: Language, url: string): Html {
  const { privacyNotice, opensInNewTab } = texts[language];
  const address = webAddress(url);
  if (!address) return html`${privacyNotice}: ${url}`;
  return html`<a class="privacy-notice" href="${address}" target="_blank" rel="noopener noreferrer">${privacyNotice} ${opensInNewTab}</a>`;
}

function colophon(language: Language, brand: PageBrand): Html {
  return html`<footer class="colophon">
<p>${texts[language].responsible(controllerOf(brand))}</p>
${brand.postalAddress && html`<address class="multiline">${brand.postalAddress}</address>`}
${brand.privacyNoticeUrl && html`<p>${privacyNoticeLink(language, brand.privacyNoticeUrl)}</p>`}
</footer>`;
}

/**
 * A whole document around the content of `<main>`, which must bring its one `<h1>`. The referrer policy keeps the token
 * in a page's own address from other sites, and still lets the browser send Origin with its forms. No page is indexed.
 */
export function page(model: {
  language: Language;
  title: string;
  brand?: PageBrand;
  content: Html;
  wide?: boolean;
}): string {
  const { language, brand } = model;
  const brandStyle = brand && brandStylesheetPath(brand.color);
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${brand ? `${model.title} – ${brand.name}` : model.title}</title>
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="same-origin">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${stylesheetPath}">
${brandStyle && html`<link rel="stylesheet" href="${brandStyle}">`}
</head>
<body>
<div class="page${model.wide && ' page-wide'}">
${brand && html`<header class="masthead"><p class="brand-name">${brand.name}</p></header>`}
<main class="card">
${model.content}
</main>
${brand && colophon(language, brand)}
</div>
</body>
</html>
`.toString();
}

/** List names as a bulleted list; nothing where there are none. */
export function bulleted(names: readonly string[]): Html | false {
  return names.length > 0 && html`<ul class="chosen">${names.map((name) => html`<li>${name}</li>`)}</ul>`;
}
