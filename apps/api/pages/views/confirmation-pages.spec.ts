import { confirmedPage, confirmPage, rejectedPage, rejectPage } from './confirmation-pages.js';
import type { PageBrand } from './layout.js';

const brand: PageBrand = {
  name: 'Nordlicht',
  color: '#b5179e',
  controller: 'Nordlicht AB',
  postalAddress: 'Hamngatan 2, Malmö',
  privacyNoticeUrl: 'https://example.com/privacy',
};
const model = { brand, language: 'en' as const, action: '/c/abc', rejectUrl: '/r/abc', lists: ['Letter', 'Offers'] };

test('confirming takes one press of one button', () => {
  const document = confirmPage({ ...model, kind: 'subscription' });
  expect(document.match(/<button/g)).toHaveLength(1);
  expect(document).toContain('<form method="post" action="/c/abc">');
  expect(document).not.toContain('<input');
});

test('the person reads which lists the button is about', () => {
  const document = confirmPage({ ...model, kind: 'subscription' });
  expect(document).toContain('<li>Letter</li><li>Offers</li>');
});

test('"this was not me" is a link to a page of its own', () => {
  for (const kind of ['subscription', 'resubscription', 'test_address'] as const) {
    expect(confirmPage({ ...model, kind })).toContain('href="/r/abc">This was not me</a>');
  }
});

test('whoever comes back is told that nothing erased comes back', () => {
  const document = confirmPage({ ...model, kind: 'resubscription' });
  expect(document).toContain('Your data was erased earlier');
  expect(document).toContain('nothing of what was erased comes back');
  expect(confirmPage({ ...model, kind: 'subscription' })).not.toContain('erased');
});

test('a test address is confirmed without talk of subscriptions', () => {
  for (const view of [confirmPage, confirmedPage]) {
    const main = /<main[\s\S]*<\/main>/.exec(view({ ...model, lists: [], kind: 'test_address' }))![0];
    expect(main).toContain('est mail');
    expect(main).not.toMatch(/subscri|<ul/i);
  }
});

test('after confirming, the person reads what will come and that it can be ended', () => {
  const document = confirmedPage({ ...model, kind: 'subscription' });
  expect(document).toContain('Your subscription is confirmed');
  expect(document).toContain('<li>Offers</li>');
  expect(document).toContain('link to unsubscribe');
});

test('"this was not me" changes something only at the press of a button', () => {
  const document = rejectPage(model);
  expect(document).toContain('<form method="post" action="/c/abc">');
  expect(document.match(/<button/g)).toHaveLength(1);
  expect(rejectedPage(model)).toContain('The request is ended');
  expect(rejectedPage(model)).not.toContain('<form');
});
