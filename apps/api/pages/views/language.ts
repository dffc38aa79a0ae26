export const languages = ['en', 'sv'] as const;

/** The languages that the pages speak: the primary subtag of a BCP 47 tag, and the value of the `lang` attribute. */
export type Language = (typeof languages)[number];

/**
 * The language that a browser prefers among ours (RFC 9110, section 12.5.4); regions are ignored, `sv-FI` is `sv`.
 * @param acceptLanguage the Accept-Language header; only its first 500 characters are read
 * @param fallback the answer where the header is missing, unreadable, or names none of our languages
 */
export function chooseLanguage(acceptLanguage: string | undefined, fallback: Language): Language {
  let best: { language: Language; weight: number } | undefined;
  for (const range of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const match = /^\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i.exec(range);
    const language = languages.find((known) => known === match?.[1]?.toLowerCase());
    if (!match || !language) continue;
    const weight = Number(match[2] ?? 1);
    if (weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? fallback;
}
