import { z } from 'zod';
import { emailInput } from '../http/email.js';
import { id, language, moment, paragraphs, text, version, webUrl } from '../http/fields.js';
import { pageOf, pageQuery } from '../http/page.js';

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #0b6e4f')
  .toLowerCase();

const fields = {
  name: text(120),
  color,
  /** What stands before the address in From. */
  sender_name: text(120),
  sender_email: emailInput,
  /** Who is responsible for the data (GDPR art. 13(1)(a)); a form cannot be published without it. */
  controller: text(300).nullable(),
  /** Stands under every campaign. */
  postal_address: paragraphs(500).nullable(),
  privacy_notice_url: webUrl.nullable(),
  language,
};

export const newBrandSchema = z
  .strictObject({
    ...fields,
    controller: fields.controller.default(null),
    postal_address: fields.postal_address.default(null),
    privacy_notice_url: fields.privacy_notice_url.default(null),
    language: language.default('en'),
  })
  .meta({ id: 'NewBrand' });

export const brandChangeSchema = z.strictObject(fields).partial().meta({ id: 'BrandChange' });

export const brandSchema = z
  .object({
    id,
    name: z.string(),
    color: z.string(),
    sender_name: z.string(),
    sender_email: z.string(),
    controller: z.string().nullable(),
    postal_address: z.string().nullable(),
    privacy_notice_url: z.string().nullable(),
    language,
    created_at: moment,
    version,
  })
  .meta({ id: 'Brand' });

export const brandPageSchema = pageOf(brandSchema).meta({ id: 'BrandPage' });
export const brandQuerySchema = pageQuery(['-created_at', 'created_at', 'name', '-name']);
