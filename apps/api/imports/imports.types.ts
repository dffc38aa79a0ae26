import { z } from 'zod';
import { importRefusalCodes } from '../../../libs/domain/import.js';
import { id, moment, momentInput, paragraphs, text } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';
import { personal } from '../http/sensitivity.js';

const notInTheFuture = momentInput.refine((at) => at <= new Date(), 'must not be in the future');

export const newImportSchema = z
  .strictObject({
    list_ids: z
      .array(id)
      .min(1)
      .max(20)
      .refine((ids) => new Set(ids).size === ids.length, 'must name each list once'),
    /** The importing company holds the evidence of each consent (P7). */
    mode: z.literal('pre_verified'),
    /** What is true of all rows; columns of the file say it row by row where they are filled in. */
    evidence: z.strictObject({
      /** When the consent was obtained, for rows without a `consent_at` of their own. */
      obtained_at: notInTheFuture.optional(),
      /** Where it was obtained. */
      origin: text(300),
      /** The exact wording that people were shown. */
      wording: paragraphs(5000),
      /** For rows without a `consent_ip` of their own. */
      ip: z.union([z.ipv4(), z.ipv6()]).optional(),
    }),
  })
  .meta({ id: 'NewImport' });

export const importSchema = z
  .object({
    id,
    list_ids: z.array(id),
    mode: z.literal('pre_verified'),
    evidence: z.object({
      obtained_at: moment.nullable(),
      origin: z.string(),
      wording: z.string(),
      ip: personal(z.string()),
    }),
    status: z.enum(['awaiting_file', 'done']),
    /** Rows of the file, without the header and empty ones. */
    total: z.int(),
    created: z.int(),
    /** Rows of contacts that were there already. Only their subscriptions change. */
    updated: z.int(),
    refused: z.int(),
    created_at: moment,
    finished_at: moment.nullable(),
  })
  .meta({ id: 'Import' });

export const importPageSchema = pageOf(importSchema).meta({ id: 'ImportPage' });
export const importQuerySchema = pageQuery(['-created_at', 'created_at']);

export const importRefusalPageSchema = pageOf(
  z
    .object({
      /** The row's number in the file; the header is row 1. */
      row: z.int(),
      code: z.enum(importRefusalCodes),
      /** The column that it is about. */
      field: z.string().nullable(),
    })
    .meta({ id: 'ImportRefusal' }),
).meta({ id: 'ImportRefusalPage' });

/** Refusals are in the order of the file; the cursor is a row's number. */
export const importRefusalQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().int().min(1).max(100).default(25),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'must be the next_cursor of an answer')
    .transform(Number)
    .optional(),
});
