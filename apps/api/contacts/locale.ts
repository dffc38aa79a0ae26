import { type Language, languages } from '../pages/views/language.js';

/** Language, script and region: what a language of mail may need of BCP 47. */
const languageTag = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i;
const timeZoneName = /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2}$/;

/** A language tag (BCP 47) in its canonical case, or undefined for anything that is none. */
export function readLanguage(tag: string): string | undefined {
  return languageTag.test(tag) ? Intl.getCanonicalLocales(tag)[0] : undefined;
}

/** The language of pages and service mails for a contact: that of the tag where we speak it. */
export function spokenLanguage(tag: string | null | undefined, fallback: string): Language {
  const primary = (tag ?? '').split('-', 1)[0];
  return languages.find((known) => known === primary) ?? languages.find((known) => known === fallback) ?? 'en';
}

/** Whether it is the name of a time zone in the IANA database. */
export function isTimeZone(name: string): boolean {
  if (!timeZoneName.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
