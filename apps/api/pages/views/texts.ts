import type { Language } from './language.js';
import { en } from './texts.en.js';
import { sv } from './texts.sv.js';

/** The sentences of the pages. A sentence that one language lacks, or has too many, does not compile. */
export type Texts = typeof en;

export const texts: Record<Language, Texts> = { en, sv };
