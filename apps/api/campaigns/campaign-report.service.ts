import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found } from '../../../libs/db/database.js';
import { countCampaign } from '../../../libs/db/deliveries.js';
import { messageIdOf } from '../../../libs/mail/message.js';
import { sliceOf, toPage } from '../http/page.js';
import { allStates } from './campaign-counts.js';
import type { campaignDeliveryQuerySchema } from './campaigns.types.js';

/** What became of a campaign, from the ledger alone. */
@Injectable()
export class CampaignReportService {
  constructor(@Inject(Database) private readonly db: Database) {}

  async report(accountId: string, id: string) {
    // The row first: a state that is older than the counts is followed by them, one that is newer would contradict them.
    const { campaign, counted } = await this.db.forAccount(accountId, async (tx) => ({
      campaign: found(await tx.campaign.findUnique({ where: { id } })),
      counted: await countCampaign(tx, id),
    }));
    const counts = allStates(counted.states);
    const isWhole = campaign.frozenAt !== null || campaign.endedAt !== null;
    const { startedAt, endedAt } = campaign;
    return {
      ...campaign,
      campaignId: id,
      audience: isWhole ? Object.values(counts).reduce((sum, count) => sum + count, 0) : null,
      counts,
      skippedByReason: counted.skipped,
      sent: counts.sent,
      failed: counts.failed,
      unknown: counts.unknown,
      durationSeconds: startedAt === null ? null : ((endedAt ?? new Date()).getTime() - startedAt.getTime()) / 1000,
    };
  }

  async deliveries(accountId: string, id: string, query: z.output<typeof campaignDeliveryQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = {
      campaignId: id,
      kind: 'campaign',
      state: query.state,
      skipReason: query.skip_reason,
      contactId: query.contact_id,
    };
    const { sender, rows } = await this.db.forAccount(accountId, async (tx) => {
      const campaign = await tx.campaign.findUnique({
        where: { id },
        select: { list: { select: { brand: { select: { senderEmail: true } } } } },
      });
      return {
        sender: found(campaign).list.brand.senderEmail,
        rows: await tx.delivery.findMany({ where: { AND: [filters, where] }, orderBy, take }),
      };
    });
    const page = toPage(rows, query);
    const data = page.data.map((row) => ({
      ...row,
      messageId: row.attempts > 0 ? messageIdOf(row.id, sender) : null,
    }));
    return { ...page, data };
  }
}
