import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import type { FormWording } from '../pages/views/form-page.js';
import { type Language, languages } from '../pages/views/language.js';
import { texts } from '../pages/views/texts.js';

/** What a form's `draft` holds. */
export interface FormDraft {
  languages: Partial<Record<Language, FormText>>;
  fields: FormWording['fields'];
}

export type FormText = Partial<
  Pick<FormWording, 'title' | 'intro' | 'purpose' | 'consentText' | 'trackingText' | 'submitLabel'>
>;

/** One language of a published version. */
export interface PublishedWording extends FormWording {
  postalAddress: string;
}

export type VersionWording = Partial<Record<Language, PublishedWording>>;

interface ControllerIdentity {
  controller: string | null;
  postalAddress: string | null;
  privacyNoticeUrl: string | null;
}

const requiredTexts = {
  title: 'title',
  purpose: 'purpose',
  consentText: 'consent_text',
  trackingText: 'tracking_text',
  submitLabel: 'submit_label',
} as const;

/**
 * The wording of a version from the draft and the brand as they are now. A form without the controller's identity,
 * purpose or privacy notice cannot give informed consent (GDPR art. 13(1) and 4(11)).
 * @throws DomainError form_incomplete naming every gap
 */
export function wordingOf(draft: FormDraft, brand: ControllerIdentity): VersionWording {
  const { controller, postalAddress, privacyNoticeUrl } = brand;
  const problems: Problem[] = [];
  if (!controller) problems.push({ pointer: '/brand/controller', detail: 'the brand does not name its controller' });
  if (!postalAddress) problems.push({ pointer: '/brand/postal_address', detail: 'the brand has no postal address' });
  if (!privacyNoticeUrl) {
    problems.push({ pointer: '/brand/privacy_notice_url', detail: 'the brand has no privacy notice' });
  }
  const offered = languages.filter((language) => draft.languages[language] !== undefined);
  if (offered.length === 0) problems.push({ pointer: '/languages', detail: 'the form is in no language yet' });
  for (const language of offered) {
    for (const [field, name] of Object.entries(requiredTexts)) {
      if (!draft.languages[language]![field as keyof typeof requiredTexts]) {
        problems.push({ pointer: `/languages/${language}/${name}`, detail: 'is missing' });
      }
    }
  }
  if (problems.length > 0 || !controller || !postalAddress || !privacyNoticeUrl) {
    throw new DomainError('form_incomplete', undefined, problems);
  }
  return Object.fromEntries(
    offered.map((language): [Language, PublishedWording] => {
      const written = draft.languages[language] as Required<FormText>;
      return [
        language,
        {
          ...written,
          intro: written.intro ?? '',
          controller,
          postalAddress,
          privacyNoticeUrl,
          fields: draft.fields,
        },
      ];
    }),
  );
}

/** JSON in one form only, so that its hash says something: PostgreSQL keeps no order of keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([left], [right]) => (left < right ? -1 : 1)))
      : entry,
  );
}

/** What stood beside the consent box, as text: the wording that the evidence of this sign-up keeps (P5). */
export function consentWording(language: Language, wording: FormWording): string {
  const { form, privacyNotice } = texts[language];
  return [
    wording.title,
    ...(wording.intro ? [wording.intro] : []),
    `${form.purpose}: ${wording.purpose}`,
    `${form.controller}: ${wording.controller}`,
    form.withdrawal,
    `${privacyNotice}: ${wording.privacyNoticeUrl}`,
    `[x] ${wording.consentText}`,
  ].join('\n');
}

/** What stood beside the tracking box, where it was ticked. */
export function trackingWording(wording: FormWording): string {
  return `[x] ${wording.trackingText}`;
}
