import type { PageBrand } from './layout.js';
import { unsubscribedPage, unsubscribePage } from './unsubscribe-pages.js';

const brand: PageBrand = {
  name: 'Nordlicht',
  color: '#b5179e',
  controller: 'Nordlicht AB',
  postalAddress: 'Hamngatan 2, Malmö',
  privacyNoticeUrl: 'https://example.com/privacy',
};
const model = { brand, language: 'en' as const, action: '/u/abc', listName: 'Offers' };
const after = { ...model, scope: 'list' as const, resubscribeHint: false };

test('the person leaves this list, or everything from the company, at one press', () => {
  const document = unsubscribePage({ ...model, offerAll: true });
  expect(document).toContain('<form method="post" action="/u/abc">');
  expect(document).toContain('<button type="submit" name="scope" value="list">Unsubscribe from “Offers”</button>');
  expect(document).toContain('name="scope" value="all">Unsubscribe from everything from Nordlicht AB</button>');
  expect(document).not.toContain('<input');
});

test('where only this list is offered, there is one button', () => {
  expect(unsubscribePage({ ...model, offerAll: false }).match(/<button/g)).toHaveLength(1);
});

test('a brand that names no company stands for itself', () => {
  const document = unsubscribePage({ ...model, brand: { ...brand, controller: null }, offerAll: true });
  expect(document).toContain('Unsubscribe from everything from Nordlicht</button>');
});

test('the person reads what has ended', () => {
  expect(unsubscribedPage(after)).toContain('You get no more mail from “Offers”.');
  const all = unsubscribedPage({ ...after, scope: 'all' });
  expect(all).toContain('no more newsletters or offers from Nordlicht AB');
  expect(all).not.toContain('“Offers”');
});

test('the person reads that the data stays, and whom to ask for erasure', () => {
  const main = /<main[\s\S]*<\/main>/.exec(unsubscribedPage(after))![0];
  expect(main).toContain('Your data has not been erased');
  expect(main).toContain('Write to Nordlicht AB:');
  expect(main).toContain('Hamngatan 2, Malmö');
  expect(main).toContain('href="https://example.com/privacy"');
});

test('without a postal address the sentence about erasure still ends', () => {
  const document = unsubscribedPage({ ...after, brand: { ...brand, postalAddress: null } });
  expect(document).toContain('Write to Nordlicht AB.');
});

test('signing up again is mentioned only where it is asked for', () => {
  expect(unsubscribedPage(after)).not.toContain('changed your mind');
  expect(unsubscribedPage({ ...after, resubscribeHint: true })).toContain('changed your mind');
});
