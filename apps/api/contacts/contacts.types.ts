import { z } from 'zod';
import { normaliseMobile } from '../../../libs/domain/address.js';
import { bases, channels, permissions, trackingConsents } from '../../../libs/domain/consent.js';
import { contactSources } from '../../../libs/domain/engagement.js';
import { emailInput } from '../http/email.js';
import { id, moment, momentInput, paragraphs, text, version } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';
import { emailField, mobileField, personal } from '../http/sensitivity.js';
import { isTimeZone, readLanguage } from './locale.js';

const mobileInput = z
  .string()
  .max(40)
  .transform((value, context) => {
    try {
      return normaliseMobile(value);
    } catch {
      // normaliseMobile has one refusal, and this is how a schema says it.
      context.addIssue({ code: 'custom', message: 'is not a usable mobile number in international form' });
      return z.NEVER;
    }
  });

/** BCP 47, in its canonical case. */
const contactLanguage = z.string().transform((value, context) => {
  const language = readLanguage(value);
  if (language !== undefined) return language;
  context.addIssue({ code: 'custom', message: 'must be a language tag like sv or en-GB' });
  return z.NEVER;
});

const timeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA time zone like Europe/Stockholm');

export const maxNameLength = 100;
export const maxExternalIdLength = 200;

const details = {
  first_name: text(maxNameLength).nullable(),
  last_name: text(maxNameLength).nullable(),
  language: contactLanguage.nullable(),
  time_zone: timeZone.nullable(),
};

const identifiers = {
  email: emailInput,
  mobile: mobileInput,
  external_id: text(maxExternalIdLength),
};

/** Consent that another system recorded, whole: without any of it, the sign-up is marked `reported` (P5). */
const recordedConsent = z
  .strictObject({
    ip: z.union([z.ipv4(), z.ipv6()]),
    at: momentInput.refine((at) => at <= new Date(), 'must not be in the future'),
    /** The exact wording that the person was shown. */
    wording: paragraphs(5000),
  })
  .partial();

export const contactUpsertSchema = z
  .strictObject({
    ...identifiers,
    ...details,
    basis: z.enum(bases),
    /** Asks the person to confirm each list by mail (P7). Nothing is sent to them from a list before that. */
    opt_in: z.strictObject({ list_ids: z.array(id).min(1).max(20), consent: recordedConsent.optional() }),
  })
  .partial()
  .refine((body) => body.email ?? body.mobile ?? body.external_id, 'must name an email, a mobile or an external_id')
  .meta({ id: 'ContactUpsert' });

const unchangeable = z
  .never({ error: 'cannot be changed here: the permission belongs to the address that the person confirmed' })
  .optional();

export const contactChangeSchema = z
  .strictObject({
    ...details,
    external_id: identifiers.external_id.nullable(),
  })
  .partial()
  .extend({ email: unchangeable, mobile: unchangeable })
  .meta({ id: 'ContactChange' });

export const contactSearchSchema = z
  .strictObject(identifiers)
  .partial()
  .refine(
    (body) => Object.values(body).filter((value) => value !== undefined).length === 1,
    'must name one of email, mobile and external_id',
  )
  .meta({ id: 'ContactSearch' });

export const contactUnsubscribeSchema = z
  .union([
    z.strictObject({ list_id: id, how_asked: text(300).optional() }),
    z.strictObject({ all: z.literal(true), how_asked: text(300).optional() }),
  ])
  .meta({ id: 'ContactUnsubscribe' });

const subscriptionStatus = z.enum(['pending', 'subscribed', 'unsubscribed', 'expired']);

export const contactSchema = z
  .object({
    id,
    subscriber_id: z.string(),
    source: z.enum(contactSources),
    email: emailField().nullable(),
    mobile: mobileField().nullable(),
    first_name: personal(z.string()),
    last_name: personal(z.string()),
    external_id: personal(z.string()),
    language: z.string().nullable(),
    time_zone: z.string().nullable(),
    /** 0 to 5 in halves; `unknown` without consent to tracking. */
    mail_rating: z.union([z.number(), z.literal('unknown')]),
    tracking_consent: z.enum(trackingConsents),
    objected_at: moment.nullable(),
    restricted_at: moment.nullable(),
    channels: z.array(
      z.object({
        channel: z.enum(channels),
        permission: z.enum(permissions),
        basis: z.enum(bases).nullable(),
        confirmed_at: moment.nullable(),
      }),
    ),
    subscriptions: z.array(z.object({ list_id: id, status: subscriptionStatus, changed_at: moment })),
    created_at: moment,
    updated_at: moment,
    version,
  })
  .meta({ id: 'Contact' });

export const contactPageSchema = pageOf(contactSchema).meta({ id: 'ContactPage' });

/** What was found for one exact identifier: one card or none. */
export const contactsFoundSchema = z.object({ data: z.array(contactSchema).max(1) }).meta({ id: 'ContactsFound' });

/** Addresses are never looked up here: they would stand in URLs and logs. That is what the search is for. */
export const contactQuerySchema = pageQuery(['-created_at', 'created_at'], {
  list_id: id.optional(),
  /** Of the list, or of any list where none is named. */
  status: subscriptionStatus.optional(),
  source: z.enum(contactSources).optional(),
  /** Of the email channel. */
  permission: z.enum(['pending', 'confirmed']).optional(),
});

export const evidenceSchema = z
  .object({
    subscriber_id: z.string(),
    /** Whether every event follows from the one before it, unaltered. */
    intact: z.boolean(),
    events: z.array(
      z.object({
        sequence: z.int(),
        kind: z.string(),
        channel: z.string().nullable(),
        list_id: z.string().nullable(),
        list_name: z.string().nullable(),
        form_version_id: z.string().nullable(),
        occurred_at: moment,
        recorded_at: moment,
        /** Told by another system without the person's IP, time and wording. */
        reported: z.boolean(),
        ip: personal(z.string()),
        user_agent: personal(z.string()),
        wording: personal(z.string()),
        /** Where the company says that it obtained the consent, or how the person asked its staff. */
        origin: personal(z.string()),
        /** Message-ID of the message that was sent, or that the person answered. */
        message_id: z.string().nullable(),
        wording_hash: z.string().nullable(),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'Evidence' });
