import { DomainError } from '../../../../libs/domain/errors.js';
import { palette } from './palette.js';

type Rgb = readonly [number, number, number];

/** Least contrast of text against its ground (WCAG 2.2, success criterion 1.4.3). */
const readable = 4.5;

/** Whether the value is `#` and six hexadecimal digits: the only form of a colour that may reach a stylesheet. */
export function isBrandColor(value: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(value);
}

function parse(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function format(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance from 0 (black) to 1 (white), as WCAG 2.2 defines it. */
function luminance(color: string): number {
  const [red, green, blue] = parse(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two `#rrggbb` colours, from 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour itself where it is readable on every ground, otherwise the nearest readable shade towards `end`. */
function shade(color: string, grounds: string[], end: 0 | 255): string {
  for (let step = 0; step <= 50; step++) {
    const candidate = format(parse(color).map((channel) => channel + ((end - channel) * step) / 50) as unknown as Rgb);
    if (grounds.every((ground) => contrast(candidate, ground) >= readable)) return candidate;
  }
  return end === 0 ? '#000000' : '#ffffff';
}

/**
 * The stylesheet of one brand colour, to be served at `brandStylesheetPath`. It holds nothing of the brand but the
 * colour, so it may be cached for good.
 * @param color `#rrggbb`
 * @throws DomainError `validation_failed` for anything else
 */
export function brandStylesheet(color: string): string {
  if (!isBrandColor(color)) {
    throw new DomainError('validation_failed', undefined, [
      { pointer: 'color', detail: 'must be # and six hexadecimal digits' },
    ]);
  }
  const brand = color.toLowerCase();
  const onBrand = contrast(brand, '#ffffff') >= contrast(brand, '#000000') ? '#ffffff' : '#000000';
  return `:root {
  --brand: ${brand};
  --on-brand: ${onBrand};
  --brand-text: ${shade(brand, [palette.light.card, palette.light.page], 0)};
}
@media screen and (prefers-color-scheme: dark) {
  :root { --brand-text: ${shade(brand, [palette.dark.card, palette.dark.page], 255)}; }
}
`;
}

/** Where the brand's stylesheet is served; undefined if the colour is none, in which case pages keep neutral colours. */
export function brandStylesheetPath(color: string): string | undefined {
  return isBrandColor(color) ? `/assets/brand/${color.slice(1).toLowerCase()}.css` : undefined;
}
