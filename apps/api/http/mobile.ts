import { z } from 'zod';
import { normaliseMobile } from '../../../libs/domain/address.js';

/** A mobile number in a request, in E.164 afterwards. */
export const mobileInput = z
  .string()
  .max(40)
  .meta({ format: 'tel' })
  .transform((value, context) => {
    try {
      return normaliseMobile(value);
    } catch {
      // normaliseMobile has one refusal, and this is how a schema says it.
      context.addIssue({ code: 'custom', message: 'is not a usable mobile number in international form' });
      return z.NEVER;
    }
  });
