import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Config } from '../../../libs/config/config.js';
import { Database, found, isUniqueViolation, type Tx } from '../../../libs/db/database.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { formKeyOf } from '../../../libs/privacy/link-token.js';
import { wordingHashOf } from '../../../libs/privacy/secrets.js';
import { camelKeys } from '../http/casing.js';
import { sliceOf, toPage } from '../http/page.js';
import { CONFIG } from '../platform.module.js';
import { canonicalJson, type FormDraft, wordingOf } from './form-wording.js';
import type { formChangeSchema, formQuerySchema, newFormSchema } from './forms.types.js';

type FormRow = NonNullable<Awaited<ReturnType<Tx['form']['findUnique']>>>;
type VersionRow = NonNullable<Awaited<ReturnType<Tx['formVersion']['findUnique']>>>;

@Injectable()
export class FormsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async create(accountId: string, input: z.output<typeof newFormSchema>) {
    return this.db.forAccount(accountId, async (tx) => {
      // The foreign key alone would accept the list of another account: constraints see all rows.
      if (!(await tx.list.findUnique({ where: { id: input.list_id }, select: { id: true } }))) {
        throw new DomainError('validation_failed', undefined, [
          { pointer: '/list_id', detail: 'there is no such list' },
        ]);
      }
      const { list_id: listId, name, languages, fields } = input;
      const draft = { languages: draftLanguages(languages), fields };
      return this.#shown(await tx.form.create({ data: { accountId, listId, name, draft } }));
    });
  }

  async list(accountId: string, query: z.output<typeof formQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = query.list_id === undefined ? {} : { listId: query.list_id };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.form.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    const page = toPage(rows, query);
    return { ...page, data: page.data.map((row) => this.#shown(row)) };
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => this.#shown(found(await tx.form.findUnique({ where: { id } }))));
  }

  /** Changes the draft; people see it once it is published. */
  async change(accountId: string, id: string, version: number, input: z.output<typeof formChangeSchema>) {
    return this.db.forAccount(accountId, async (tx) => {
      const read = () => tx.form.findUnique({ where: { id } });
      const before = found(await read());
      const draft = { ...(before.draft as unknown as FormDraft) };
      if (input.languages !== undefined) draft.languages = draftLanguages(input.languages);
      if (input.fields !== undefined) draft.fields = input.fields;
      const data = { name: input.name, draft: draft as object, version: { increment: 1 } };
      await changedOne(await tx.form.updateMany({ where: { id, version }, data }), read);
      return this.#shown(found(await read()));
    });
  }

  /**
   * Makes the draft a version that never changes, and shows it to people. A draft that is published already, word for
   * word, stays the version that it is.
   * @throws DomainError form_incomplete naming every gap
   */
  async publish(accountId: string, id: string) {
    return this.db
      .forAccount(accountId, async (tx) => {
        const form = found(
          await tx.form.findUnique({ where: { id }, include: { list: { include: { brand: true } } } }),
        );
        const wording = wordingOf(form.draft as unknown as FormDraft, form.list.brand);
        const wordingHash = wordingHashOf(canonicalJson(wording));
        const current = await publishedVersion(tx, form);
        if (current && wordingHash.equals(current.wordingHash)) return this.#shownVersion(current);
        const number = (form.publishedVersion ?? 0) + 1;
        const created = await tx.formVersion.create({
          data: { accountId, formId: id, number, wording: wording as object, wordingHash },
        });
        const data = { publishedVersion: number, version: { increment: 1 } };
        const { count } = await tx.form.updateMany({ where: { id, version: form.version }, data });
        if (count === 0) throw changedMeanwhile();
        return this.#shownVersion(created);
      })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? changedMeanwhile() : error;
      });
  }

  #urlOf(row: { accountId: string; id: string }): string {
    return `${this.config.publicUrl}/f/${formKeyOf(row.accountId, row.id)}`;
  }

  #shown(row: FormRow) {
    const { languages, fields } = row.draft as unknown as FormDraft;
    return { ...row, languages, fields, url: row.publishedVersion === null ? null : this.#urlOf(row) };
  }

  #shownVersion(row: VersionRow) {
    const url = this.#urlOf({ accountId: row.accountId, id: row.formId });
    return { ...row, wordingHash: Buffer.from(row.wordingHash).toString('hex'), url };
  }
}

async function publishedVersion(tx: Tx, form: FormRow): Promise<VersionRow | null> {
  if (form.publishedVersion === null) return null;
  return tx.formVersion.findUnique({ where: { formId_number: { formId: form.id, number: form.publishedVersion } } });
}

function draftLanguages(languages: z.output<typeof newFormSchema>['languages']): FormDraft['languages'] {
  return Object.fromEntries(Object.entries(languages).map(([language, written]) => [language, camelKeys(written)]));
}

function changedMeanwhile(): DomainError {
  return new DomainError('conflict', 'the form was changed or published by someone else at this moment');
}
