import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found, type Tx } from '../../../libs/db/database.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { layoutOf } from '../../../libs/mail/marketing-values.js';
import { compileTemplate } from '../../../libs/mail/template.js';
import { sliceOf, toPage } from '../http/page.js';
import type { newTemplateSchema, templateChangeSchema, templateQuerySchema } from './templates.types.js';

@Injectable()
export class TemplatesService {
  constructor(@Inject(Database) private readonly db: Database) {}

  async create(accountId: string, { brand_id: brandId, name, subject, body }: z.output<typeof newTemplateSchema>) {
    const brand = await this.db.forAccount(accountId, (tx) => tx.brand.findUnique({ where: { id: brandId } }));
    if (!brand) {
      throw new DomainError('validation_failed', undefined, [
        { pointer: '/brand_id', detail: 'there is no such brand' },
      ]);
    }
    await compileTemplate({ subject, body }, layoutOf(brand, brand.language));
    return this.db.forAccount(accountId, async (tx) => {
      const { id } = await tx.template.create({ data: { accountId, brandId, name, currentVersion: 1 } });
      await tx.templateVersion.create({ data: { accountId, templateId: id, number: 1, subject, body } });
      return this.#read(tx, id);
    });
  }

  async list(accountId: string, query: z.output<typeof templateQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = query.brand_id === undefined ? {} : { brandId: query.brand_id };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.template.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    return toPage(rows, query);
  }

  /** @param number of a version; the current one without it */
  async read(accountId: string, id: string, number?: number) {
    return this.db.forAccount(accountId, (tx) => this.#read(tx, id, number));
  }

  /** Every change makes a version, so the row's own version and the number of its current content are the same. */
  async replace(accountId: string, id: string, version: number, input: z.output<typeof templateChangeSchema>) {
    const { name, subject, body } = input;
    const { brand } = await this.db.forAccount(accountId, async (tx) =>
      found(await tx.template.findUnique({ where: { id }, include: { brand: true } })),
    );
    await compileTemplate({ subject, body }, layoutOf(brand, brand.language));
    return this.db.forAccount(accountId, async (tx) => {
      const number = version + 1;
      const changed = await tx.template.updateMany({
        where: { id, version },
        data: { name, currentVersion: number, version: number },
      });
      await changedOne(changed, () => tx.template.findUnique({ where: { id } }));
      await tx.templateVersion.create({ data: { accountId, templateId: id, number, subject, body } });
      return this.#read(tx, id);
    });
  }

  async #read(tx: Tx, id: string, number?: number) {
    const template = found(await tx.template.findUnique({ where: { id } }));
    const content = found(
      await tx.templateVersion.findUnique({
        where: { templateId_number: { templateId: id, number: number ?? template.currentVersion } },
      }),
    );
    const { subject, body, createdAt: versionCreatedAt } = content;
    return { ...template, version: content.number, subject, body, versionCreatedAt };
  }
}
