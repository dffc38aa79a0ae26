import { Inject, Injectable } from '@nestjs/common';
import { Database, found } from '../../../libs/db/database.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { parseFormKey } from '../../../libs/privacy/link-token.js';
import { consentWording, type PublishedWording, trackingWording, type VersionWording } from '../forms/form-wording.js';
import { SignUps } from '../opt-ins/sign-ups.service.js';
import type { Submission } from './submission.js';
import { chooseLanguage, type Language, languages } from './views/language.js';
import type { PageBrand } from './views/layout.js';

/** A form as it is shown to one visitor. */
export interface ShownForm {
  accountId: string;
  listId: string;
  formId: string;
  formVersionId: string;
  number: number;
  language: Language;
  wording: PublishedWording;
  brand: PageBrand;
}

export interface FormAddress {
  formKey: string;
  /** Query parameters of the page's own address. */
  lang?: string | undefined;
  v?: string | undefined;
  acceptLanguage: string | undefined;
}

/** A page that was open while a new version was published may still be sent for this long. */
const supersededForMs = 24 * 60 * 60 * 1000;

/** The public side of forms: finds what a visitor is shown, and takes the sign-up in. */
@Injectable()
export class FormPages {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(SignUps) private readonly signUps: SignUps,
  ) {}

  /**
   * The version that is published now.
   * @throws DomainError not_found for a key of nothing, or of a form that was never published
   */
  async current(address: FormAddress): Promise<ShownForm> {
    return this.#find({ ...address, v: undefined });
  }

  /**
   * The version that the visitor was shown: the evidence must name the wording that was read, not the newest one.
   * @throws DomainError not_found; conflict when that version was replaced more than a day ago
   */
  async asShown(address: FormAddress): Promise<ShownForm> {
    return this.#find(address);
  }

  /** Takes a sign-up in with the exact wording that stood beside its boxes (P5). */
  async signUp(
    form: ShownForm,
    submission: Submission,
    visitor: { ip: string; userAgent?: string },
  ): Promise<{ signUpId: string }> {
    const { accountId, listId, formVersionId, language, wording } = form;
    return this.signUps.receive({
      accountId,
      listId,
      formVersionId,
      sandbox: false,
      payload: {
        ...submission,
        ...visitor,
        language,
        wording: consentWording(language, wording),
        ...(submission.tracking && { trackingWording: trackingWording(wording) }),
        source: 'Form',
        reported: false,
      },
    });
  }

  async #find({ formKey, lang, v, acceptLanguage }: FormAddress): Promise<ShownForm> {
    const key = parseFormKey(formKey);
    if (!key) throw new DomainError('not_found');
    const { accountId, formId } = key;
    return this.db.forAccount(accountId, async (tx) => {
      const form = found(
        await tx.form.findUnique({ where: { id: formId }, include: { list: { include: { brand: true } } } }),
      );
      if (form.publishedVersion === null) throw new DomainError('not_found');
      const number = v !== undefined && /^[1-9]\d{0,8}$/.test(v) ? Number(v) : form.publishedVersion;
      const versions = await tx.formVersion.findMany({
        where: { formId, number: { in: [number, number + 1] } },
        orderBy: { number: 'asc' },
      });
      const version = versions.find((row) => row.number === number);
      const successor = versions.find((row) => row.number === number + 1);
      const superseded = successor && successor.publishedAt.getTime() + supersededForMs < Date.now();
      if (!version || superseded) throw new DomainError('conflict', 'the form was changed after it was opened');
      const { brand } = form.list;
      const wordings = version.wording as unknown as VersionWording;
      const language = languageOf(wordings, lang, acceptLanguage, brand.language);
      const wording = wordings[language]!;
      const { controller, postalAddress, privacyNoticeUrl } = wording;
      return {
        accountId,
        listId: form.listId,
        formId,
        formVersionId: version.id,
        number,
        language,
        wording,
        brand: { name: brand.name, color: brand.color, controller, postalAddress, privacyNoticeUrl },
      };
    });
  }
}

/** The language asked for, else the browser's, else the brand's, else the first, among those that the form is in. */
function languageOf(
  wordings: VersionWording,
  asked: string | undefined,
  acceptLanguage: string | undefined,
  brandLanguage: string,
): Language {
  const offered = languages.filter((language) => wordings[language]);
  const wanted = [asked, chooseLanguage(acceptLanguage, brandLanguage as Language), brandLanguage];
  return wanted.map((name) => offered.find((language) => language === name)).find(Boolean) ?? offered[0]!;
}
