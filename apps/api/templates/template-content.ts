import { Inject, Injectable } from '@nestjs/common';
import { Database, found } from '../../../libs/db/database.js';
import type { Brand, List } from '../../../libs/db/generated/client.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { layoutOf } from '../../../libs/mail/marketing-values.js';
import { type CompiledTemplate, compileTemplate, type TemplateSource } from '../../../libs/mail/template.js';

/** One version of a template with whoever speaks in it. */
export interface LoadedTemplate {
  templateId: string;
  version: number;
  source: TemplateSource;
  /** The brand of the list, as in what is sent; the template's own where there is no list. */
  brand: Brand;
  list: List | null;
}

@Injectable()
export class TemplateContent {
  constructor(@Inject(Database) private readonly db: Database) {}

  /**
   * @param asked without a version, the current one
   * @throws DomainError not_found; validation_failed for a version or list that does not exist
   */
  async load(
    accountId: string,
    asked: { templateId: string; version?: number | null; listId?: string },
  ): Promise<LoadedTemplate> {
    return this.db.forAccount(accountId, async (tx) => {
      const template = found(
        await tx.template.findUnique({ where: { id: asked.templateId }, include: { brand: true } }),
      );
      const number = asked.version ?? template.currentVersion;
      const source = await tx.templateVersion.findUnique({
        where: { templateId_number: { templateId: template.id, number } },
        select: { subject: true, body: true },
      });
      if (!source) throw unknown('/version', 'there is no such version');
      const list =
        asked.listId === undefined
          ? null
          : await tx.list.findUnique({ where: { id: asked.listId }, include: { brand: true } });
      if (asked.listId !== undefined && !list) throw unknown('/list_id', 'there is no such list');
      return { templateId: template.id, version: number, source, brand: list?.brand ?? template.brand, list };
    });
  }

  /** @throws DomainError template_invalid with every problem */
  compile({ source, brand }: LoadedTemplate): Promise<CompiledTemplate> {
    return compileTemplate(source, layoutOf(brand, brand.language));
  }
}

function unknown(pointer: string, detail: string): DomainError {
  return new DomainError('validation_failed', undefined, [{ pointer, detail }]);
}
