import type { Problem } from '../domain/errors.js';

export type MailLanguage = 'en' | 'sv';

/** What every mail of a brand shows: who sends it, who answers for it, and in which language. */
export interface BrandLayout {
  name: string;
  /** `#rgb` or `#rrggbb`. */
  color: string;
  /** The company that answers for the data (GDPR art. 4(7)). */
  controller: string;
  postalAddress: string;
  /** http or https; an empty string leaves the link out. */
  privacyNoticeUrl: string;
  language: MailLanguage;
}

/** What of a layout cannot be put into a mail. */
export function problemsOfLayout(layout: BrandLayout): Problem[] {
  const problems: Problem[] = [];
  if (layout.name.trim() === '') problems.push({ pointer: '/brand/name', detail: 'is empty' });
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(layout.color)) {
    problems.push({ pointer: '/brand/color', detail: 'must be a colour like #0a6 or #00aa66' });
  }
  if (layout.privacyNoticeUrl !== '' && !isWebUrl(layout.privacyNoticeUrl)) {
    problems.push({ pointer: '/brand/privacyNoticeUrl', detail: 'must be an http or https address' });
  }
  if (layout.language !== 'en' && layout.language !== 'sv') {
    problems.push({ pointer: '/brand/language', detail: 'must be en or sv' });
  }
  return problems;
}

/** An absolute http or https address without spaces, quotes, angle brackets or control characters. */
export function isWebUrl(value: string): boolean {
  return /^https?:\/\/[^\s<>"'\p{Cc}]+$/u.test(value) && URL.canParse(value);
}

/** Black or white, whichever reads better on the colour (relative luminance, WCAG 2.2, 1.4.3). */
export function readableOn(color: string): '#000000' | '#ffffff' {
  const hex = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit).join('') : color.slice(1);
  const [red, green, blue] = [0, 2, 4]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

/** A text of several lines on one. */
export function oneLine(text: string): string {
  return text
    .split(/\s*[\r\n]+\s*/)
    .filter((line) => line !== '')
    .join(', ');
}

export const footerWords = {
  en: { privacyNotice: 'Privacy notice', unsubscribe: 'Unsubscribe' },
  sv: { privacyNotice: 'Integritetspolicy', unsubscribe: 'Avsluta prenumerationen' },
} as const satisfies Record<MailLanguage, object>;
