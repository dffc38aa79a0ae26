import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { lockCampaign } from '../../../libs/db/campaigns.js';
import { Database, found, type Tx } from '../../../libs/db/database.js';
import { countCampaign } from '../../../libs/db/deliveries.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import { camelKeys } from '../http/casing.js';
import { sliceOf, toPage } from '../http/page.js';
import { TemplatePreviews } from '../templates/template-previews.js';
import type { campaignPreviewSchema } from '../templates/templates.types.js';
import { TestSendsService } from '../test-addresses/test-sends.service.js';
import { allStates } from './campaign-counts.js';
import type { campaignChangeSchema, campaignQuerySchema, newCampaignSchema } from './campaigns.types.js';

@Injectable()
export class CampaignsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TemplatePreviews) private readonly previews: TemplatePreviews,
    @Inject(TestSendsService) private readonly testSends: TestSendsService,
  ) {}

  async create(accountId: string, input: z.output<typeof newCampaignSchema>) {
    return this.db.forAccount(accountId, async (tx) => {
      await refuseUnknown(tx, input);
      return tx.campaign.create({ data: { accountId, ...camelKeys(input) } });
    });
  }

  async list(accountId: string, query: z.output<typeof campaignQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = { state: query.state, listId: query.list_id };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.campaign.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    return toPage(rows, query);
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await tx.campaign.findUnique({ where: { id } }));
      const counts = campaign.startedAt === null ? null : allStates((await countCampaign(tx, id)).states);
      return { ...campaign, counts };
    });
  }

  /** @throws DomainError conflict once it is no draft any more */
  async change(accountId: string, id: string, version: number, input: z.output<typeof campaignChangeSchema>) {
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, id));
      if (campaign.state !== 'draft') throw new DomainError('conflict', 'only a draft can be changed');
      await refuseUnknown(tx, input);
      const data = { ...camelKeys(input), version: { increment: 1 } };
      const read = () => tx.campaign.findUnique({ where: { id } });
      await changedOne(await tx.campaign.updateMany({ where: { id, version }, data }), read);
      return found(await read());
    });
  }

  async preview(accountId: string, id: string, asked: z.output<typeof campaignPreviewSchema>) {
    const campaign = await this.#row(accountId, id);
    return this.previews.render(accountId, campaign.templateId, {
      ...asked,
      version: campaign.templateVersion ?? undefined,
      list_id: campaign.listId,
      campaignName: campaign.name,
    });
  }

  async testSend(accountId: string, id: string, testAddressIds: string[], sandbox: boolean) {
    const campaign = await this.#row(accountId, id);
    return this.testSends.queue(accountId, {
      templateId: campaign.templateId,
      version: campaign.templateVersion,
      listId: campaign.listId,
      campaignId: id,
      testAddressIds,
      sandbox,
    });
  }

  async #row(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.campaign.findUnique({ where: { id } })));
  }
}

/** The foreign keys alone would accept the lists and templates of other accounts: constraints see all rows. */
async function refuseUnknown(tx: Tx, input: { list_id?: string; template_id?: string }): Promise<void> {
  const problems: Problem[] = [];
  const select = { id: true } as const;
  if (input.list_id !== undefined && !(await tx.list.findUnique({ where: { id: input.list_id }, select }))) {
    problems.push({ pointer: '/list_id', detail: 'there is no such list' });
  }
  if (
    input.template_id !== undefined &&
    !(await tx.template.findUnique({ where: { id: input.template_id }, select }))
  ) {
    problems.push({ pointer: '/template_id', detail: 'there is no such template' });
  }
  if (problems.length > 0) throw new DomainError('validation_failed', undefined, problems);
}
