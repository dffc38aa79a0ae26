import { z } from 'zod';
import { emailInput } from '../http/email.js';
import { id, moment } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

const ip = z.union([z.ipv4(), z.ipv6()]);

/** Whom to erase: by id, or by the exact address. */
export const newErasureSchema = z
  .strictObject({
    contact_id: id.optional(),
    email: emailInput.optional(),
    /** Who asked: the person, or staff on the person's behalf. */
    requested_by: z.enum(['person', 'staff']).default('person'),
    /** The IP address that the person asked from, where it is known; the tombstone keeps it. */
    requester_ip: ip.optional(),
  })
  .refine((body) => (body.contact_id === undefined) !== (body.email === undefined), {
    message: 'give either contact_id or email',
    path: ['contact_id'],
  })
  .meta({ id: 'NewErasure' });

export const certificateSchema = z
  .object({
    erasure_id: id,
    requested_at: moment,
    finished_at: moment,
    /** Rows deleted or unlinked in each store. */
    rows: z.record(z.string(), z.int()),
    verification: z.object({ searched: z.array(z.string()), found: z.int(), key_destroyed: z.boolean() }),
    retained: z.object({ what: z.string(), basis: z.string(), until: moment }),
  })
  .meta({ id: 'ErasureCertificate' });

export const erasureSchema = z
  .object({
    id,
    contact_id: id,
    status: z.enum(['requested', 'done']),
    requested_by: z.string(),
    requested_at: moment,
    finished_at: moment.nullable(),
    tombstone_id: id.nullable(),
    certificate: certificateSchema.nullable(),
  })
  .meta({ id: 'Erasure' });

/** Answer to the request: ids and codes only, so that it can be kept for the Idempotency-Key. */
export const erasureAcceptedSchema = z
  .object({ id, contact_id: id, status: z.enum(['requested', 'done']), requested_at: moment })
  .meta({ id: 'ErasureAccepted' });

export const erasurePageSchema = pageOf(erasureSchema).meta({ id: 'ErasurePage' });
export const erasureQuerySchema = pageQuery(['-requested_at', 'requested_at'], {
  status: z.enum(['requested', 'done']).optional(),
});
