import { DomainError } from '../../../../libs/domain/errors.js';
import { brandStylesheet, brandStylesheetPath, contrast } from './brand-stylesheet.js';
import { palette } from './palette.js';
import { stylesheet } from './stylesheet.js';

/** The values of a variable in the order of the stylesheet: the light one, then the dark one. */
function valuesOf(css: string, variable: string): string[] {
  return [...css.matchAll(new RegExp(`${variable}: (#[0-9a-f]{6});`, 'g'))].map((match) => match[1]!);
}

// Every combination of six levels of red, green and blue.
const levels = ['00', '33', '66', '99', 'cc', 'ff'];
const colors = levels.flatMap((r) => levels.flatMap((g) => levels.map((b) => `#${r}${g}${b}`)));

test('contrast is measured as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3);
  expect(contrast('#ffffff', '#777777')).toBe(contrast('#777777', '#ffffff'));
});

test('the text of a button is readable on any brand colour', () => {
  for (const color of colors) {
    expect(contrast(valuesOf(brandStylesheet(color), '--on-brand')[0]!, color)).toBeGreaterThanOrEqual(4.5);
  }
});

test('links are readable on the card and on the page in any brand colour, light and dark', () => {
  for (const color of colors) {
    const [light, dark] = valuesOf(brandStylesheet(color), '--brand-text') as [string, string];
    for (const [text, grounds] of [
      [light, palette.light],
      [dark, palette.dark],
    ] as const) {
      expect(contrast(text, grounds.card)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(text, grounds.page)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test('a colour that is readable already is used for links as it is, a pale one is darkened', () => {
  expect(valuesOf(brandStylesheet('#1A4D8F'), '--brand-text')[0]).toBe('#1a4d8f');
  const [darkened] = valuesOf(brandStylesheet('#ffd400'), '--brand-text') as [string];
  expect(contrast(darkened, '#ffffff')).toBeLessThan(6);
});

test('the colours that belong to no brand are readable as well', () => {
  for (const scheme of [palette.light, palette.dark]) {
    for (const ground of [scheme.card, scheme.page]) {
      for (const text of [scheme.text, scheme.quiet, scheme.brand]) {
        expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(scheme.alert, scheme.alertGround)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(scheme.alert, scheme.card)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(scheme.text, scheme.alertGround)).toBeGreaterThanOrEqual(4.5);
    // Borders of fields: success criterion 1.4.11.
    expect(contrast(scheme.fieldLine, scheme.card)).toBeGreaterThanOrEqual(3);
  }
});

test.each([
  '',
  '1a4d8f',
  '#fff',
  '#1a4d8f0',
  '#1a4d8g',
  '#1a4d8f\n',
  ' #1a4d8f',
  'red',
  '#000000;}body{display:none',
  '../../x',
])('“%s” is refused as a colour and never reaches a stylesheet', (color) => {
  expect(() => brandStylesheet(color)).toThrow(DomainError);
  expect(brandStylesheetPath(color)).toBeUndefined();
});

test('one colour has one stylesheet, however it is written', () => {
  expect(brandStylesheetPath('#1A4D8F')).toBe('/assets/brand/1a4d8f.css');
  expect(brandStylesheet('#1A4D8F')).toBe(brandStylesheet('#1a4d8f'));
});

test('the stylesheets load nothing from anywhere', () => {
  for (const css of [stylesheet, brandStylesheet('#1a4d8f')]) {
    expect(css).not.toMatch(/url\(|@import|https?:/);
  }
});
