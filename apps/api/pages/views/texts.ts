import type { Language } from './language.js';
import { en, type Texts } from './texts.en.js';
import { sv } from './texts.sv.js';

export const texts: Record<Language, Texts> = { en, sv };
