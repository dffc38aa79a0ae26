import { html } from './html.js';
import { controllerOf, type Language, type PageBrand, page, privacyNoticeLink } from './layout.js';
import { texts } from './texts.js';

/** What the person leaves: one list of one brand, or everything from the company (P12). Posted as `scope`. */
export type UnsubscribeScope = 'list' | 'all';

export interface UnsubscribePage {
  brand: PageBrand;
  language: Language;
  /** Where the buttons post `scope` to. Opening the page changes nothing: mail scanners open every link. */
  action: string;
  listName: string;
  /** Whether "everything from this company" is offered beside the list. */
  offerAll: boolean;
}

export function unsubscribePage({ brand, language, action, listName, offerAll }: UnsubscribePage): string {
  const { unsubscribe: words, quoted } = texts[language];
  const list = quoted(listName);
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${words.lead(list, brand.name)}</p>
<form method="post" action="${action}">
<button type="submit" name="scope" value="list">${words.one(list)}</button>
${offerAll && html`<button class="second" type="submit" name="scope" value="all">${words.all(controllerOf(brand))}</button>`}
</form>
<p class="quiet">${words.effect}</p>`,
  });
}

export interface UnsubscribedPage {
  brand: PageBrand;
  language: Language;
  listName: string;
  scope: UnsubscribeScope;
  /** Whether to say that one may sign up again. */
  resubscribeHint: boolean;
}

/** Says that unsubscribing kept the data, and how to have it erased: the two are never mixed up (P19). */
export function unsubscribedPage({ brand, language, listName, scope, resubscribeHint }: UnsubscribedPage): string {
  const { unsubscribed: words, quoted } = texts[language];
  const controller = controllerOf(brand);
  return page({
    language,
    brand,
    title: words.title,
    content: html`<h1>${words.title}</h1>
<p>${scope === 'all' ? words.all(controller) : words.list(quoted(listName))}</p>
${scope === 'all' && html`<p class="quiet">${words.oneToOne}</p>`}
${resubscribeHint && html`<p>${words.again}</p>`}
<h2>${words.erasureTitle}</h2>
<p>${words.dataStays(controller)}</p>
<p>${brand.postalAddress ? words.erasure.byPost(controller) : words.erasure.direct(controller)}</p>
${brand.postalAddress && html`<p class="multiline">${brand.postalAddress}</p>`}
${
  brand.privacyNoticeUrl && html`<p>${words.erasureNotice} ${privacyNoticeLink(language, brand.privacyNoticeUrl)}</p>`
}`,
  });
}
