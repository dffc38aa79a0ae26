import { z } from 'zod';
import { channels } from '../../../libs/domain/consent.js';
import { suppressionReasons } from '../../../libs/domain/suppression.js';
import { emailInput } from '../http/email.js';
import { id, moment } from '../http/fields.js';
import { mobileInput } from '../http/mobile.js';
import { pageOf, pageQuery } from '../http/page.js';

/** Exactly one address, in its one compared form afterwards. */
const address = { email: emailInput.optional(), mobile: mobileInput.optional() };

function isOne(given: { email?: string; mobile?: string }): boolean {
  return (given.email === undefined) !== (given.mobile === undefined);
}
const notOne = { message: 'needs either email or mobile' };

export const newSuppressionSchema = z
  .strictObject({ ...address, reason: z.literal('manual').default('manual') })
  .refine(isOne, notOne)
  .meta({ id: 'NewSuppression' });

export const suppressionSearchSchema = z.strictObject(address).refine(isOne, notOne).meta({ id: 'SuppressionSearch' });

/** The address itself is not kept, only its keyed fingerprint. */
export const suppressionSchema = z
  .object({ id, channel: z.enum(channels), reason: z.enum(suppressionReasons), created_at: moment })
  .meta({ id: 'Suppression' });

export const suppressionPageSchema = pageOf(suppressionSchema).meta({ id: 'SuppressionPage' });
export const suppressionQuerySchema = pageQuery(['-created_at', 'created_at'], {
  channel: z.enum(channels).optional(),
  reason: z.enum(suppressionReasons).optional(),
});
export const suppressionsFoundSchema = z.object({ data: z.array(suppressionSchema) }).meta({ id: 'SuppressionsFound' });
