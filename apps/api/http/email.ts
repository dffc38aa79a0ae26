import { z } from 'zod';
import { maxEmailLength, normaliseEmail } from '../../../libs/domain/address.js';

/**
 * An email address in a request, in its one compared form afterwards (lower case, A-label domain). Nothing that could
 * end a header line or add a recipient passes.
 */
export const emailInput = z
  .string()
  .max(maxEmailLength + 64)
  .meta({ format: 'email' })
  .transform((value, context) => {
    try {
      return normaliseEmail(value);
    } catch {
      // normaliseEmail has one refusal, and this is how a schema says it.
      context.addIssue({ code: 'custom', message: 'is not a usable email address' });
      return z.NEVER;
    }
  });
