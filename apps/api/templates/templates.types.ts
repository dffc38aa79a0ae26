import { z } from 'zod';
import { maxTemplateLength } from '../../../libs/mail/liquid.js';
import { emailInput } from '../http/email.js';
import { id, language, moment, paragraphs, text, version } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';
import { personal } from '../http/sensitivity.js';

const content = {
  /** Liquid, one line. */
  subject: text(500),
  /** Liquid in MJML: sections, or a whole `<mjml>` document. */
  body: paragraphs(maxTemplateLength),
};

export const newTemplateSchema = z
  .strictObject({ brand_id: id, name: text(120), ...content })
  .meta({ id: 'NewTemplate' });

export const templateChangeSchema = z
  .strictObject({ name: text(120).optional(), ...content })
  .meta({ id: 'TemplateChange' });

const summary = {
  id,
  brand_id: id,
  name: z.string(),
  /** Of the content: each change makes another version, and versions stay as they are. */
  version,
  created_at: moment,
};

export const templateSchema = z
  .object({
    ...summary,
    subject: z.string(),
    body: z.string(),
    current_version: version,
    /** When this version was made. */
    version_created_at: moment,
  })
  .meta({ id: 'Template' });

export const templatePageSchema = pageOf(z.object(summary).meta({ id: 'TemplateSummary' })).meta({
  id: 'TemplatePage',
});
export const templateQuerySchema = pageQuery(['-created_at', 'created_at', 'name', '-name'], {
  brand_id: id.optional(),
});
export const templateVersionQuerySchema = z.strictObject({
  version: z.coerce.number<string>().pipe(version).optional(),
});

const sample = z
  .strictObject({
    first_name: text(200).optional(),
    last_name: text(200).optional(),
    email: emailInput.optional(),
    language: language.optional(),
  })
  .meta({ id: 'SampleContact' });

/** Whom a preview is for: a contact, or made-up values; without either, nothing is known of the person. */
const audience = { contact_id: id.optional(), sample: sample.optional() };

function notBoth(asked: { contact_id?: unknown; sample?: unknown }): boolean {
  return asked.contact_id === undefined || asked.sample === undefined;
}
const bothGiven = { path: ['sample'], message: 'must not stand beside contact_id' };

export const templatePreviewSchema = z
  .strictObject({ version: version.optional(), list_id: id.optional(), ...audience })
  .refine(notBoth, bothGiven)
  .meta({ id: 'TemplatePreviewRequest' });

export const campaignPreviewSchema = z
  .strictObject(audience)
  .refine(notBoth, bothGiven)
  .meta({ id: 'CampaignPreviewRequest' });

/** A rendered mail shows whatever the contact's card holds, so all of it is personal. */
export const previewSchema = z
  .object({
    subject: personal(z.string()),
    html: personal(z.string()),
    text: personal(z.string()),
    /** Variables that are unknown, or printed without `default` or `if` although they are empty. */
    missing: z.array(z.string()),
    /** HTML and text in UTF-8, in bytes. */
    size_bytes: z.int().min(0),
    links: personal(z.array(z.string())),
  })
  .meta({ id: 'Preview' });
