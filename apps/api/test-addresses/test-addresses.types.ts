import { z } from 'zod';
import { emailInput } from '../http/email.js';
import { id, moment } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';
import { emailField } from '../http/sensitivity.js';

export const newTestAddressSchema = z.strictObject({ email: emailInput }).meta({ id: 'NewTestAddress' });

export const testAddressSchema = z
  .object({
    id,
    email: emailField(),
    /** Only a verified address gets test sends. */
    verified: z.boolean(),
    verified_at: moment.nullable(),
    created_at: moment,
  })
  .meta({ id: 'TestAddress' });

export const testAddressPageSchema = pageOf(testAddressSchema).meta({ id: 'TestAddressPage' });
export const testAddressQuerySchema = pageQuery(['-created_at', 'created_at']);
