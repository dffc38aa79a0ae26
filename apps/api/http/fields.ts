import { z } from 'zod';

/** Building blocks of request and answer types. Every string has a limit and no control characters. */

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}

// Control characters (C0, DEL, C1) and halves of surrogate pairs, which are no text and which UTF-8 cannot carry.
// The pattern of one line stands in the OpenAPI document, so it is written in what every JSON Schema library knows.
// biome-ignore lint/suspicious/noControlCharactersInRegex: naming them is the purpose of this pattern.
const oneLine = /^[^\u0000-\u001f\u007f-\u009f]*$/;
const half = /\p{Cs}/u;
const controlButLayout = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

/** Whether a string holds characters that no input may hold, in whatever field: PostgreSQL refuses NUL, people the rest. */
export function hasForbiddenCharacters(value: string): boolean {
  return controlButLayout.test(value);
}

/** An id in a path, a query or a body. In a path, something that is no id is answered like an id that does not exist. */
export const id = z.string().regex(uuidPattern, 'must be an id').toLowerCase().meta({ format: 'uuid' });

/** One line of text: trimmed, 1 to `max` characters. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max)
    .regex(oneLine, 'must be one line without control characters')
    .refine((value) => !half.test(value), 'must be whole characters');
}

/** Text of several lines: trimmed, 1 to `max` characters, tabs and line breaks allowed. */
export function paragraphs(max: number) {
  return z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max)
    .refine((value) => !hasForbiddenCharacters(value), 'must not have control characters');
}

/** An absolute http or https URL. */
export const webUrl = text(2000)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), 'must be an http or https URL')
  .meta({ format: 'uri' });

/** Languages that the pages for people exist in. */
export const language = z.enum(['en', 'sv']);

/** A moment in an answer: ISO 8601, UTC, milliseconds. */
export const moment = z.iso.datetime({ precision: 3 });

/** A moment in a request: ISO 8601 with Z or an offset. Becomes a Date. */
export const momentInput = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/** The version of a noun that two could overwrite each other: the ETag of its answer, the If-Match of a change. */
export const version = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
