import { z } from 'zod';
import { id } from '../http/fields.js';

const testAddressIds = z
  .array(id)
  .min(1)
  .max(20)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name an address twice');

export const templateTestSendSchema = z
  .strictObject({
    test_address_ids: testAddressIds,
    /** With a list, its brand speaks, as in a campaign to it. */
    list_id: id.optional(),
  })
  .meta({ id: 'TemplateTestSend' });

export const campaignTestSendSchema = z
  .strictObject({ test_address_ids: testAddressIds })
  .meta({ id: 'CampaignTestSend' });

export const queuedTestsSchema = z
  .object({
    /** One for each address, in their order. */
    deliveries: z.array(id),
  })
  .meta({ id: 'QueuedTests' });
