import { chooseLanguage } from './language.js';

test.each([
  ['sv-SE,sv;q=0.9,en-US;q=0.8,en;q=0.7', 'sv'],
  ['en-GB,en;q=0.9', 'en'],
  ['de-DE,de;q=0.9,sv;q=0.5,en;q=0.4', 'sv'],
  ['en;q=0.2, sv ; q=0.7', 'sv'],
  ['SV-fi', 'sv'],
  ['sv;q=0, en;q=0.1', 'en'],
  ['en,sv', 'en'],
] as const)('a browser that asks for %s gets %s', (header, language) => {
  expect(chooseLanguage(header, language === 'sv' ? 'en' : 'sv')).toBe(language);
});

test.each([undefined, '', '*', 'fr-FR,de', 'sv;q=0', 'svenska', 'sv;q=banana', ';;;,,,', 'x'.repeat(100_000)])(
  'a browser that asks for nothing we speak gets the fallback (%#)',
  (header) => {
    expect(chooseLanguage(header, 'en')).toBe('en');
    expect(chooseLanguage(header, 'sv')).toBe('sv');
  },
);
