import { DomainError } from '../domain/errors.js';
import { renderServiceMail, type ServiceMailInput, type ServiceMailKind } from './service-mail.js';

const input: ServiceMailInput = {
  language: 'sv',
  brand: {
    name: 'Åkes',
    color: '#003366',
    controller: 'Åkes Handel AB',
    postalAddress: 'Storgatan 1\n111 22 Malmö',
    privacyNoticeUrl: 'https://akes.example/privacy',
    language: 'sv',
  },
  listNames: ['Nyheter', 'Öl & <b>mat</b>'],
  confirmUrl: 'https://mail.example/c?t=a&u=b',
  rejectUrl: 'https://mail.example/r?t=a',
};
const kinds: ServiceMailKind[] = ['confirmation', 'confirmation_reminder', 'resubscription', 'address_verification'];
const cases = kinds.flatMap((kind) => (['en', 'sv'] as const).map((language) => ({ kind, language })));

test.each(cases)('$kind in $language says who asks, has both links, and nothing that tracks', ({ kind, language }) => {
  const mail = renderServiceMail(kind, { ...input, language });
  for (const part of [mail.text, mail.html]) {
    expect(part).toContain('Åkes (Åkes Handel AB)');
    expect(part).toContain('Storgatan 1, 111 22 Malmö');
    expect(part).toContain(language === 'sv' ? 'Det var inte jag' : 'This was not me');
    expect(part).toContain(language === 'sv' ? 'Om du inte gör något' : 'If you do nothing');
    expect(part).toContain(language === 'sv' ? 'Länken öppnar en sida' : 'The link opens a page and changes nothing');
    expect(part).toContain(language === 'sv' ? 'Du får det här mejlet' : 'You get this mail because');
  }
  expect(mail.text).toContain('https://mail.example/c?t=a&u=b\n');
  expect(mail.html).toContain('href="https://mail.example/c?t=a&#38;u=b"');
  expect(mail.html).toContain(`lang="${language}"`);
  expect(mail.links).toEqual([input.confirmUrl, input.rejectUrl, 'https://akes.example/privacy']);
  expect(mail.html).not.toMatch(/<img|<script|<link|url\(|@import/i);
  expect(mail.missing).toEqual([]);
});

test('names the lists, as text', () => {
  const mail = renderServiceMail('confirmation', input);
  expect(mail.text).toContain('- Nyheter\n- Öl & <b>mat</b>');
  expect(mail.html).toContain('<li>Öl &#38; &#60;b&#62;mat&#60;/b&#62;</li>');
});

test('each kind in each language has its own subject', () => {
  const subjects = cases.map(({ kind, language }) => renderServiceMail(kind, { ...input, language }).subject);
  expect(new Set(subjects).size).toBe(cases.length);
});

test('a mail about a returning address says that nothing comes back and that ignoring it changes nothing', () => {
  const { text } = renderServiceMail('resubscription', { ...input, language: 'en' });
  expect(text).toContain('Nothing that was erased comes back');
  expect(text).toContain('If you do nothing, the address stays blocked.');
});

test('a brand name with line breaks adds no header', () => {
  const brand = { ...input.brand, name: 'Åkes\r\nBcc: e@x.example' };
  expect(renderServiceMail('confirmation', { ...input, brand }).subject).not.toMatch(/[\r\n]/);
});

test('refuses links that are none, and a confirmation of no list', () => {
  const bad = { ...input, confirmUrl: 'javascript:alert(1)', rejectUrl: 'https://x.example/"><script>', listNames: [] };
  let thrown: unknown;
  try {
    renderServiceMail('confirmation', bad);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DomainError);
  expect((thrown as DomainError).problems.map((problem) => problem.pointer)).toEqual([
    '/confirmUrl',
    '/rejectUrl',
    '/listNames',
  ]);
});
