import { z } from 'zod';
import { id, language, moment, paragraphs, text, version } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

/** What a person reads on the form, in one language. A draft may lack some of it; publishing names what is missing. */
export const formTextSchema = z
  .strictObject({
    title: text(200),
    intro: paragraphs(2000),
    /** What the data is used for (GDPR art. 13(1)(c)). */
    purpose: paragraphs(1000),
    /** Stands beside the box that gives consent (GDPR art. 4(11)). */
    consent_text: paragraphs(2000),
    /** Stands beside the separate box for tracking (ePrivacy directive art. 5(3)). */
    tracking_text: paragraphs(2000),
    submit_label: text(80),
  })
  .partial()
  .meta({ id: 'FormText' });

const optionalFields = z
  .array(z.enum(['first_name', 'last_name']))
  .max(2)
  .refine((fields) => new Set(fields).size === fields.length, 'must name each field once');

const content = {
  name: text(120),
  languages: z.partialRecord(language, formTextSchema),
  /** What is asked for besides the address; never required. */
  fields: optionalFields,
};

export const newFormSchema = z
  .strictObject({
    list_id: id,
    ...content,
    languages: content.languages.default({}),
    fields: optionalFields.default([]),
  })
  .meta({ id: 'NewForm' });

export const formChangeSchema = z.strictObject(content).partial().meta({ id: 'FormChange' });

export const formSchema = z
  .object({
    id,
    list_id: id,
    name: z.string(),
    languages: content.languages,
    fields: optionalFields,
    /** The number of the version that people see; null until the form is published. */
    published_version: z.int().nullable(),
    /** Where people find the form; null until it is published. */
    url: z.string().nullable(),
    created_at: moment,
    version,
  })
  .meta({ id: 'Form' });

const shownTextSchema = z.object({
  title: z.string(),
  intro: z.string(),
  purpose: z.string(),
  consent_text: z.string(),
  tracking_text: z.string(),
  submit_label: z.string(),
  controller: z.string(),
  postal_address: z.string(),
  privacy_notice_url: z.string(),
  fields: optionalFields,
});

export const formVersionSchema = z
  .object({
    id,
    form_id: id,
    number: z.int(),
    /** The exact wording of this version, with the controller's identity as it is shown. It never changes. */
    wording: z.partialRecord(language, shownTextSchema),
    /** SHA-256 of the wording as JSON with sorted keys, in hexadecimal. */
    wording_hash: z.string(),
    published_at: moment,
    url: z.string(),
  })
  .meta({ id: 'FormVersion' });

export const formPageSchema = pageOf(formSchema).meta({ id: 'FormPage' });
export const formQuerySchema = pageQuery(['-created_at', 'created_at', 'name', '-name'], { list_id: id.optional() });
