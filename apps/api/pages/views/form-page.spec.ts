import { type FormWording, formPage, honeypotField, signUpReceivedPage } from './form-page.js';
import type { PageBrand } from './layout.js';
import { stylesheet } from './stylesheet.js';

const brand: PageBrand = {
  name: 'Nordlicht',
  color: '#b5179e',
  controller: 'Nordlicht AB',
  postalAddress: 'Hamngatan 2, Malmö',
  privacyNoticeUrl: 'https://example.com/privacy',
};

const wording: FormWording = {
  title: 'The weekly letter',
  intro: 'News from the harbour.',
  purpose: 'To send you the weekly letter by email.',
  consentText: 'Send me the weekly letter.',
  trackingText: 'Measure which letters I open.',
  submitLabel: 'Sign me up',
  controller: 'Nordlicht AB, Malmö',
  privacyNoticeUrl: 'https://example.com/form-privacy',
  fields: ['first_name'],
};

const model = { brand, language: 'en' as const, action: '/f/abc', wording };

/** The tag of an input, by its name. */
function input(document: string, name: string): string | undefined {
  return document.match(/<input [^>]*>/g)?.find((tag) => tag.includes(` name="${name}"`));
}

test('the form posts to its action', () => {
  expect(formPage(model)).toContain('<form method="post" action="/f/abc" novalidate>');
  expect(formPage({ ...model, action: '/f/abc?a="&b' })).toContain(' action="/f/abc?a=&quot;&amp;b" novalidate>');
});

test('consent and tracking are two boxes, both empty, and only consent is required', () => {
  const document = formPage(model);
  const [consent, tracking] = [input(document, 'consent')!, input(document, 'tracking')!];
  expect(consent).toContain('type="checkbox"');
  expect(tracking).toContain('type="checkbox"');
  expect(consent).toContain(' required');
  expect(tracking).not.toContain('required');
  expect(document).not.toMatch(/\bchecked\b/);
});

test('no value ticks a box beforehand', () => {
  const values = { email: 'ada@example.com', consent: 'yes', tracking: 'yes' };
  expect(formPage({ ...model, values })).not.toMatch(/\bchecked\b/);
});

test('purpose, company and privacy notice of this very wording stand beside the boxes', () => {
  const fieldset = /<fieldset[\s\S]*<\/fieldset>/.exec(formPage(model))![0];
  for (const text of [wording.purpose, wording.controller, wording.consentText, wording.trackingText]) {
    expect(fieldset).toContain(text);
  }
  expect(fieldset).toContain('href="https://example.com/form-privacy"');
  expect(input(fieldset, 'consent')).toContain('aria-describedby="permission-facts"');
});

test('browsers can fill in email and names, and only the fields of the wording are asked for', () => {
  const document = formPage({ ...model, wording: { ...wording, fields: ['last_name', 'first_name'] } });
  expect(input(document, 'email')).toContain('autocomplete="email"');
  expect(input(document, 'first_name')).toContain('autocomplete="given-name"');
  expect(input(document, 'last_name')).toContain('autocomplete="family-name"');
  expect(document.indexOf('name="last_name"')).toBeLessThan(document.indexOf('name="first_name"'));
  const onlyEmail = formPage({ ...model, wording: { ...wording, fields: [] } });
  expect(input(onlyEmail, 'first_name')).toBeUndefined();
  expect(input(onlyEmail, 'last_name')).toBeUndefined();
});

test('people do not meet the honeypot: unseen, unspoken, skipped by the tab key', () => {
  const document = formPage(model);
  const trap = /<div class="leave-empty" aria-hidden="true">[\s\S]*?<\/div>/.exec(document)![0];
  expect(input(trap, honeypotField)).toContain('tabindex="-1"');
  expect(input(trap, honeypotField)).toContain('autocomplete="off"');
  expect(stylesheet).toContain('.leave-empty { display: none; }');
});

test('what was typed is kept when something has to be corrected', () => {
  const document = formPage({
    ...model,
    values: { email: 'ada@"example', first_name: 'Åsa <3' },
    problems: [{ field: 'email', code: 'invalid' }],
  });
  expect(input(document, 'email')).toContain('value="ada@&quot;example"');
  expect(input(document, 'first_name')).toContain('value="Åsa &lt;3"');
});

test('each problem is summed up on top, linked to its field, and repeated at the field', () => {
  const document = formPage({
    ...model,
    problems: [
      { field: 'email', code: 'required' },
      { field: 'consent', code: 'required' },
    ],
  });
  expect(document).toContain('<title>Error: The weekly letter – Nordlicht</title>');
  const summary = /<div class="problems" role="alert">[\s\S]*?<\/div>/.exec(document)![0];
  expect(summary).toContain('<a href="#email">Enter your email address</a>');
  expect(summary).toContain('<a href="#consent">Tick the box if you agree');
  expect(summary).toContain('The boxes are empty again');
  expect(input(document, 'email')).toContain('id="email"');
  expect(input(document, 'email')).toContain('aria-invalid="true" aria-describedby="email-problem"');
  expect(document).toContain('<p class="problem" id="email-problem">Enter your email address</p>');
  expect(input(document, 'consent')).toContain('aria-describedby="consent-problem permission-facts"');
  expect(input(document, 'first_name')).not.toContain('aria-invalid');
});

test('a problem of no field, or with an unknown code, still reads as a sentence', () => {
  const document = formPage({
    ...model,
    problems: [
      { field: 'constructor', code: 'x' },
      { field: 'email', code: 'toString' },
    ],
  });
  expect(document).toContain('<li>Something in the form could not be read. Please fill it in again.</li>');
  expect(document).toContain('<a href="#email">Enter an email address in the form name@example.com</a>');
});

test('the wording is shown as written, whatever the language around it', () => {
  const document = formPage({ ...model, language: 'sv' });
  expect(document).toContain('>E-postadress</label>');
  expect(document).toContain('>Send me the weekly letter.<');
});

test('the answer to a sign-up says nothing about the address', () => {
  const document = signUpReceivedPage({ brand, language: 'en' });
  expect(document).toContain('If this address can be signed up, a confirmation mail is on its way.');
  expect(document).not.toContain('@');
});
