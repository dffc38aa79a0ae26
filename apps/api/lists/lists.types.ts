import { z } from 'zod';
import { id, moment, paragraphs, text, version } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

const maxExpirySeconds = 90 * 24 * 60 * 60;
const maxReminders = 5;
const seconds = z.int().min(1).max(maxExpirySeconds);

const fields = {
  name: text(120),
  /** What people subscribe to, as they are told (GDPR art. 13(1)(c)). */
  purpose: paragraphs(1000),
  /** When the confirmation mail is followed by reminders, in seconds from it; ascending, all before it expires. */
  reminder_after_seconds: z
    .array(seconds)
    .max(maxReminders)
    .refine((all) => all.every((value, index) => index === 0 || value > all[index - 1]!), 'must be ascending'),
  /** When an unanswered sign-up expires, in seconds from its confirmation mail. */
  expire_after_seconds: seconds,
};

export const newListSchema = z
  .strictObject({
    brand_id: id,
    ...fields,
    reminder_after_seconds: fields.reminder_after_seconds.default([]),
    expire_after_seconds: fields.expire_after_seconds.default(7 * 24 * 60 * 60),
  })
  .meta({ id: 'NewList' });

export const listChangeSchema = z.strictObject(fields).partial().meta({ id: 'ListChange' });

export const listSchema = z
  .object({
    id,
    brand_id: id,
    name: z.string(),
    purpose: z.string(),
    reminder_after_seconds: z.array(z.int()),
    expire_after_seconds: z.int(),
    created_at: moment,
    version,
  })
  .meta({ id: 'List' });

export const listPageSchema = pageOf(listSchema).meta({ id: 'ListPage' });
export const listQuerySchema = pageQuery(['-created_at', 'created_at', 'name', '-name'], { brand_id: id.optional() });
