import { HtmlValidate } from 'html-validate';
import { type ConfirmationKind, confirmedPage, confirmPage, rejectedPage, rejectPage } from './confirmation-pages.js';
import { type EvidenceEvent, evidencePage } from './evidence-page.js';
import { formPage, signUpReceivedPage } from './form-page.js';
import { languages } from './language.js';
import type { Language, PageBrand } from './layout.js';
import { errorPage, expiredPage, invalidLinkPage, tooManyPage } from './refusal-pages.js';
import { unsubscribedPage, unsubscribePage } from './unsubscribe-pages.js';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    // These concern the taste of whoever writes HTML by hand, and titles that customers choose.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    'doctype-style': 'off',
    'require-sri': ['error', { target: 'crossorigin' }],
    // A region that scrolls must be reachable by keyboard (success criterion 2.1.1); only the evidence has one.
    'prefer-native-element': ['error', { exclude: ['region'] }],
  },
});

const plain: PageBrand = {
  name: 'Fjord & Fell',
  color: '#1a4d8f',
  controller: 'Fjord & Fell AB',
  postalAddress: 'Storgatan 1\n111 22 Stockholm',
  privacyNoticeUrl: 'https://example.com/privacy?a=1&b=2',
};

const hostileText = `"'><script>alert(1)</script><i style="x" onclick='y'>`;

/** Every page, with all that it can show; `say` passes each text that a customer or a visitor chooses. */
function everyPage(language: Language, say: (text: string) => string): Record<string, string> {
  const brand: PageBrand = {
    ...plain,
    name: say(plain.name),
    controller: say(plain.controller!),
    postalAddress: say(plain.postalAddress!),
  };
  const lists = [say('Weekly letter'), say('Offers')];
  const action = `/p/c/${encodeURIComponent(say('token'))}`;
  const wording = {
    title: say('Letters from the fjord'),
    intro: say('Once a week.'),
    purpose: say('To send you our weekly letter.'),
    consentText: say('Yes, send me the weekly letter.'),
    trackingText: say('You may measure what I open.'),
    submitLabel: say('Sign up'),
    controller: say('Fjord & Fell AB'),
    privacyNoticeUrl: say('https://example.com/privacy'),
    fields: ['first_name' as const, 'last_name' as const],
  };
  const event: EvidenceEvent = {
    sequence: 1,
    kind: 'requested',
    channel: 'email',
    listName: say('Weekly letter'),
    occurredAt: '2026-03-01T10:00:00.000Z',
    ip: '192.0.2.7',
    userAgent: say('Mozilla/5.0'),
    wording: say('Yes, send me the weekly letter.'),
    reported: false,
    hash: 'ab'.repeat(32),
  };
  const bare: EvidenceEvent = {
    sequence: 2,
    kind: say('other'),
    occurredAt: say('2026-03-01'),
    reported: true,
    hash: 'cd'.repeat(32),
  };
  const evidence = { brand, language, subscriberId: say('S-1'), printedAt: '2026-03-02T10:00:00.000Z' };
  const kinds: ConfirmationKind[] = ['subscription', 'resubscription', 'test_address'];
  return {
    form: formPage({ brand, language, action, wording }),
    formWithProblems: formPage({
      brand,
      language,
      action,
      wording,
      values: { email: say('ada@'), first_name: say('Ada'), last_name: say('Byron') },
      problems: ['email', 'first_name', 'last_name', 'consent', 'tracking', say('other')].map((field) => ({
        field,
        code: say('invalid'),
      })),
    }),
    signUpReceived: signUpReceivedPage({ brand, language }),
    ...Object.fromEntries(
      kinds.flatMap((kind) => [
        [`confirm ${kind}`, confirmPage({ brand, language, action, rejectUrl: action, lists, kind })],
        [`confirmed ${kind}`, confirmedPage({ brand, language, lists, kind })],
      ]),
    ),
    confirmWithoutLists: confirmPage({ brand, language, action, rejectUrl: action, lists: [], kind: 'test_address' }),
    reject: rejectPage({ brand, language, action }),
    rejected: rejectedPage({ brand, language }),
    unsubscribe: unsubscribePage({ brand, language, action, listName: say('Offers'), offerAll: true }),
    unsubscribeOne: unsubscribePage({ brand, language, action, listName: say('Offers'), offerAll: false }),
    unsubscribed: unsubscribedPage({ brand, language, listName: say('Offers'), scope: 'list', resubscribeHint: true }),
    unsubscribedAll: unsubscribedPage({
      brand: { ...brand, controller: null, postalAddress: null, privacyNoticeUrl: null },
      language,
      listName: say('Offers'),
      scope: 'all',
      resubscribeHint: false,
    }),
    expired: expiredPage({ brand, language }),
    invalidLink: invalidLinkPage({ language }),
    error: errorPage({ brand, language, code: 'unavailable' }),
    errorWithoutBrand: errorPage({ language, code: 'internal' }),
    tooMany: tooManyPage({ language }),
    evidence: evidencePage({ ...evidence, events: [event, bare], chainValid: true }),
    evidenceBroken: evidencePage({ ...evidence, events: [event], chainValid: false }),
    evidenceEmpty: evidencePage({ ...evidence, brand: undefined, events: [], chainValid: true }),
  };
}

const cases = languages.flatMap((language) =>
  Object.entries(everyPage(language, (text) => text)).map(
    ([name, document]) => [name, language, document, everyPage(language, (text) => text + hostileText)[name]!] as const,
  ),
);

describe.each(cases)('the page %s (%s)', (_name, language, document, attacked) => {
  test('is valid, accessible HTML, also with hostile texts', () => {
    for (const each of [document, attacked]) {
      const report = validator.validateStringSync(each);
      expect(
        report.results.flatMap((result) => result.messages.map((m) => `${m.line}: ${m.message} (${m.ruleId})`)),
      ).toEqual([]);
    }
  });

  test('has its language, a viewport, one heading of the first level and one main part', () => {
    expect(document).toMatch(new RegExp(`^<!doctype html>\\s*<html lang="${language}">`));
    expect(document).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect(document.match(/<h1>/g)).toHaveLength(1);
    expect(document.match(/<main/g)).toHaveLength(1);
  });

  test('needs no script and no style but the two stylesheets', () => {
    for (const each of [document, attacked]) {
      const tags = each.match(/<[a-z][^>]*>/gi)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
      expect(tags.filter((tag) => /^<(script|style|iframe|img|i)\b/i.test(tag))).toEqual([]);
      expect(tags.filter((tag) => /\s(style|on\w+)=/i.test(tag))).toEqual([]);
      const sources = [...each.matchAll(/<link [^>]*href="([^"]*)"/g)].map((match) => match[1]);
      expect(['/assets/pages.css', '/assets/brand/1a4d8f.css']).toEqual(expect.arrayContaining(sources));
    }
  });

  test('links out only over http or https, and tells other sites nothing about its own address', () => {
    expect(attacked).not.toMatch(/href="\s*javascript:/i);
    expect(document).toContain('<meta name="referrer" content="same-origin">');
    expect(document).toContain('<meta name="robots" content="noindex, nofollow">');
  });
});

test('a brand whose privacy notice is no web address still gets its page, with the address as text', () => {
  const brand = { ...plain, privacyNoticeUrl: 'javascript:alert(1)' };
  const document = unsubscribePage({ brand, language: 'en', action: '/u/1', listName: 'Offers', offerAll: false });
  expect(document).toContain('Privacy notice: javascript:alert(1)');
  expect(document).not.toContain('href="javascript');
});

test('a brand whose colour is none gets the neutral colours', () => {
  const document = rejectedPage({ brand: { ...plain, color: '"><b>' }, language: 'en' });
  expect(document).not.toContain('/assets/brand/');
  expect(document).toContain('/assets/pages.css');
});

test('a page names the company, its postal address and its privacy notice', () => {
  const document = confirmedPage({ brand: plain, language: 'sv', lists: ['Erbjudanden'], kind: 'subscription' });
  expect(document).toContain('Personuppgiftsansvarig: Fjord &amp; Fell AB');
  expect(document).toContain('Storgatan 1\n111 22 Stockholm');
  expect(document).toContain('href="https://example.com/privacy?a=1&amp;b=2"');
});

test('an error page shows the code and nothing else of the error', () => {
  expect(errorPage({ language: 'en', code: 'unavailable' })).toContain('<code>unavailable</code>');
});
