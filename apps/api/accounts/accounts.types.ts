import { z } from 'zod';
import { id, moment, text } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

export const newAccountSchema = z.strictObject({ name: text(200) }).meta({ id: 'NewAccount' });

export const accountSchema = z.object({ id, name: z.string(), created_at: moment }).meta({ id: 'Account' });

export const createdAccountSchema = z
  .object({
    ...accountSchema.shape,
    api_key: z.object({
      id,
      /** Of the account's first owner; shown here and never again. */
      secret: z.string(),
    }),
  })
  .meta({ id: 'CreatedAccount' });

export const accountPageSchema = pageOf(accountSchema).meta({ id: 'AccountPage' });
export const accountQuerySchema = pageQuery(['-created_at', 'created_at']);
