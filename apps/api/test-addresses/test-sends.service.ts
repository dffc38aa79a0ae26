import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../libs/db/database.js';
import { queueDelivery } from '../../../libs/db/deliveries.js';
import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import { TemplateContent } from '../templates/template-content.js';

export interface TestSend {
  templateId: string;
  /** The current one without it. */
  version?: number | null;
  listId?: string;
  campaignId?: string;
  testAddressIds: string[];
  sandbox: boolean;
}

/** Test sends of templates and campaigns: to the account's own verified addresses, and to all of them or none. */
@Injectable()
export class TestSendsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TemplateContent) private readonly content: TemplateContent,
  ) {}

  /** @throws DomainError not_found, template_invalid, or validation_failed naming each address that is no verified one */
  async queue(accountId: string, send: TestSend): Promise<{ deliveries: string[] }> {
    const loaded = await this.content.load(accountId, send);
    // What cannot be compiled would only be skipped later, where nobody looks.
    await this.content.compile(loaded);
    const request = randomUUID();
    return this.db.forAccount(accountId, async (tx) => {
      await refuseUnverified(tx, send.testAddressIds);
      const deliveries: string[] = [];
      for (const testAddressId of send.testAddressIds) {
        const id = await queueDelivery(tx, {
          accountId,
          kind: 'test',
          dedupeKey: `test:${request}:${testAddressId}`,
          testAddressId,
          listId: send.listId,
          campaignId: send.campaignId,
          templateId: loaded.templateId,
          templateVersion: loaded.version,
          sandbox: send.sandbox,
        });
        deliveries.push(id);
      }
      return { deliveries };
    });
  }
}

async function refuseUnverified(tx: Tx, ids: string[]): Promise<void> {
  const rows = await tx.testAddress.findMany({ where: { id: { in: ids } }, select: { id: true, verifiedAt: true } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const problems = ids.flatMap((id, index): Problem[] => {
    const row = byId.get(id);
    if (row?.verifiedAt) return [];
    const detail = row ? 'its owner has not verified this address' : 'there is no such test address';
    return [{ pointer: `/test_address_ids/${index}`, detail }];
  });
  if (problems.length > 0) throw new DomainError('validation_failed', undefined, problems);
}
