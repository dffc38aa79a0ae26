import { z } from 'zod';
import { accountRoles, scopes } from '../access/permissions.js';
import { id, moment, text } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

const mode = z.enum(['live', 'test']);

export const newApiKeySchema = z
  .strictObject({
    name: text(200),
    role: z.enum(accountRoles),
    /** Narrows the role; empty: all that the role may do. */
    scopes: z.array(z.enum(scopes)).max(scopes.length).default([]),
    /** Mail caused by a test key goes to the inbox only. */
    mode: mode.default('live'),
  })
  .meta({ id: 'NewApiKey' });

export const apiKeySchema = z
  .object({
    id,
    name: z.string(),
    hint: z.string(),
    role: z.enum(accountRoles),
    scopes: z.array(z.string()),
    mode,
    created_at: moment,
    last_used_at: moment.nullable(),
    revoked_at: moment.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const createdApiKeySchema = z
  .object({
    ...apiKeySchema.shape,
    /** Shown here and never again. */
    secret: z.string(),
  })
  .meta({ id: 'CreatedApiKey' });

export const apiKeyPageSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyPage' });
export const apiKeyQuerySchema = pageQuery(['-created_at', 'created_at']);
