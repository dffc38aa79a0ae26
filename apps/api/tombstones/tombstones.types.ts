import { z } from 'zod';
import { emailInput } from '../http/email.js';
import { id, language, moment, text } from '../http/fields.js';
import { mobileInput } from '../http/mobile.js';
import { personal } from '../http/sensitivity.js';

/** The exact address or mobile number, typed by whoever asks. In the body: an address in a URL ends up in logs. */
export const tombstoneSearchSchema = z
  .strictObject({ email: emailInput, mobile: mobileInput })
  .partial()
  .refine((body) => (body.email === undefined) !== (body.mobile === undefined), 'must name an email or a mobile')
  .meta({ id: 'TombstoneSearch' });

export const tombstoneSchema = z
  .object({
    id,
    permission: z.literal('deleted'),
    registered_at: moment.nullable(),
    confirmed_at: moment.nullable(),
    erased_at: moment,
    ips: z.object({
      registered: personal(z.string()).optional(),
      confirmed: personal(z.string()).optional(),
      erased: personal(z.string()).optional(),
    }),
    channels: z.array(z.string()),
    brand_ids: z.array(id),
    list_ids: z.array(id),
    /** SHA-256 of each wording that was shown, in hex. */
    wording_hashes: z.array(z.string()),
    evidence_until: moment,
  })
  .meta({ id: 'Tombstone' });

export const tombstoneSearchResultSchema = z
  .object({
    /** Newest first. */
    tombstones: z.array(tombstoneSchema),
    /** Whether the address may not join any list of the account (P17). */
    blocked: z.boolean(),
    /** The living card of the address. */
    contact: z.object({ id, subscriber_id: z.string(), source: z.string(), created_at: moment }).nullable(),
  })
  .meta({ id: 'TombstoneSearchResult' });

export const resubscribeSchema = z
  .strictObject({
    /** The tombstone does not hold the address: the caller types it. */
    email: emailInput,
    list_ids: z.array(id).min(1).max(50),
    /** How the person asked: at the counter, by telephone, in a letter. */
    how_asked: text(500),
    language: language.optional(),
  })
  .meta({ id: 'Resubscribe' });

const status = z.enum(['awaiting', 'confirmed', 'expired', 'rejected', 'ended']);

export const resubscriptionAcceptedSchema = z
  .object({
    id,
    tombstone_id: id,
    status,
    /** Nothing happens until the person answers the mail. */
    must_confirm: z.literal(true),
    expires_at: moment,
  })
  .meta({ id: 'ResubscriptionAccepted' });

export const resubscriptionSchema = z
  .object({
    id,
    tombstone_id: id,
    list_ids: z.array(id),
    requested_by: z.enum(['staff', 'form']),
    how_asked: personal(z.string()),
    status,
    contact_id: id.nullable(),
    requested_at: moment,
    expires_at: moment,
    ended_at: moment.nullable(),
  })
  .meta({ id: 'Resubscription' });
