import { Inject, Injectable } from '@nestjs/common';
import { freezeShard, lockCampaign, moveCampaign, skipRemaining } from '../libs/db/campaigns.js';
import { Database, found } from '../libs/db/database.js';
import { countCampaign } from '../libs/db/deliveries.js';
import type { CampaignState } from '../libs/domain/campaign.js';
import { isLedgerBehind, settledStates } from '../libs/domain/delivery.js';
import type { CampaignProgress, DeliveryCounts } from '../workflows/campaign.contract.js';

export interface CampaignReference {
  accountId: string;
  campaignId: string;
}

/** What the campaign workflow does to its rows: it never sends (decision 6). */
@Injectable()
export class CampaignActivities {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** Takes a scheduled campaign whose time has come to `freezing`. Answers the state it is in now. */
  async beginFreeze({ accountId, campaignId }: CampaignReference): Promise<CampaignState> {
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, campaignId));
      const due = campaign.scheduledAt === null || campaign.scheduledAt <= new Date();
      return campaign.state === 'scheduled' && due
        ? moveCampaign(tx, campaign, 'freeze')
        : (campaign.state as CampaignState);
    });
  }

  /** Writes one shard of the audience to the ledger; a second run finds it there. */
  async freezeAudienceShard(input: CampaignReference & { shard: number; shards: number }): Promise<{ frozen: number }> {
    return this.db.forAccount(input.accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, input.campaignId));
      if (campaign.state !== 'freezing' || campaign.templateVersion === null) return { frozen: 0 };
      const frozen = await freezeShard(
        tx,
        { ...campaign, templateVersion: campaign.templateVersion },
        input.shard,
        input.shards,
      );
      return { frozen };
    });
  }

  /** Opens the frozen campaign to the lanes. Answers the state it is in now. */
  async openCampaign({ accountId, campaignId }: CampaignReference): Promise<CampaignState> {
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, campaignId));
      return campaign.state === 'freezing' ? moveCampaign(tx, campaign, 'open') : (campaign.state as CampaignState);
    });
  }

  /**
   * Counts the campaign in the ledger. One whose rows are all settled is finished here; of a cancelled one the rows that
   * nobody has begun are skipped. One that has fewer settled rows than the look before had `seen` is paused: an older
   * database was put back, and what it holds as queued may have been sent.
   */
  async lookAtLedger(input: CampaignReference & { seen?: DeliveryCounts }): Promise<CampaignProgress> {
    const { accountId, campaignId, seen = {} } = input;
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, campaignId));
      let state = campaign.state as CampaignState;
      if (state === 'cancelled') await skipRemaining(tx, campaignId);
      const { states } = await countCampaign(tx, campaignId);
      if (state === 'sending' && isLedgerBehind(states, seen)) state = await moveCampaign(tx, campaign, 'pause');
      const open = Object.keys(states).some((name) => !settledStates.includes(name as never));
      if (state === 'sending' && !open) state = await moveCampaign(tx, campaign, 'finish');
      return { state, counts: states };
    });
  }
}
