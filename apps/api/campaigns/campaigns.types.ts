import { z } from 'zod';
import { campaignStates } from '../../../libs/domain/campaign.js';
import { deliveryStates } from '../../../libs/domain/delivery.js';
import { skipReasons } from '../../../libs/domain/eligibility.js';
import { id, moment, momentInput, text, version } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

const fields = {
  name: text(120),
  list_id: id,
  template_id: id,
  /** When it is sent after it was told to; null: at once. */
  scheduled_at: momentInput.nullable(),
};

export const newCampaignSchema = z
  .strictObject({ ...fields, scheduled_at: fields.scheduled_at.default(null) })
  .meta({ id: 'NewCampaign' });

export const campaignChangeSchema = z.strictObject(fields).partial().meta({ id: 'CampaignChange' });

/** Nothing has to be said; unknown fields are refused all the same. */
export const emptySchema = z.strictObject({}).nullish();

const state = z.enum(campaignStates);
const count = z.int().min(0);
/** Rows of the ledger by their state. */
const counts = z.record(z.enum(deliveryStates), count);

export const campaignSchema = z
  .object({
    id,
    name: z.string(),
    list_id: id,
    template_id: id,
    /** Pinned when it is sent; null while it is a draft. */
    template_version: version.nullable(),
    state,
    /** Sent with a test key: its mail goes to the inbox only. */
    sandbox: z.boolean(),
    scheduled_at: moment.nullable(),
    created_at: moment,
    started_at: moment.nullable(),
    frozen_at: moment.nullable(),
    ended_at: moment.nullable(),
    version,
  })
  .meta({ id: 'Campaign' });

export const campaignDetailSchema = z
  .object({
    ...campaignSchema.shape,
    /** Null until it has started. */
    counts: counts.nullable(),
  })
  .meta({ id: 'CampaignDetail' });

/** What a command answers: ids, codes and times, as it may be stored for repeats. */
export const campaignStateSchema = z
  .object({
    id,
    state,
    template_version: version.nullable(),
    sandbox: z.boolean(),
    scheduled_at: moment.nullable(),
    version,
  })
  .meta({ id: 'CampaignState' });

export const campaignPageSchema = pageOf(campaignSchema).meta({ id: 'CampaignPage' });
export const campaignQuerySchema = pageQuery(['-created_at', 'created_at'], {
  state: state.optional(),
  list_id: id.optional(),
});

export const reportSchema = z
  .object({
    campaign_id: id,
    state,
    /** Everyone in the ledger: the sum of `counts`. Null until the whole audience is written there. */
    audience: count.nullable(),
    counts,
    /** The rows that were skipped, by the reason that stood against them at the moment of sending. */
    skipped_by_reason: z.partialRecord(z.enum(skipReasons), count),
    sent: count,
    failed: count,
    /** The connection died after the message was handed over: it may have arrived. */
    unknown: count,
    scheduled_at: moment.nullable(),
    started_at: moment.nullable(),
    frozen_at: moment.nullable(),
    ended_at: moment.nullable(),
    /** From its start to its end, or to now. */
    duration_seconds: z.number().min(0).nullable(),
  })
  .meta({ id: 'CampaignReport' });

export const campaignDeliverySchema = z
  .object({
    id,
    /** Null once the contact was erased. */
    contact_id: id.nullable(),
    state: z.enum(deliveryStates),
    skip_reason: z.enum(skipReasons).nullable(),
    attempts: count,
    /** The server's last answer (RFC 5321, 4.2; RFC 3463). */
    reply_code: z.int().nullable(),
    reply_status: z.string().nullable(),
    /** When it is due, or is tried again. */
    not_before: moment,
    settled_at: moment.nullable(),
    /** Null until it was handed over once. */
    message_id: z.string().nullable(),
  })
  .meta({ id: 'CampaignDelivery' });

export const campaignDeliveryPageSchema = pageOf(campaignDeliverySchema).meta({ id: 'CampaignDeliveryPage' });
export const campaignDeliveryQuerySchema = pageQuery(['id', '-id'], {
  state: z.enum(deliveryStates).optional(),
  skip_reason: z.enum(skipReasons).optional(),
  contact_id: id.optional(),
});
