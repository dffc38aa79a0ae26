import { condition, continueAsNew, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaign.activities.js';
import {
  type CampaignInput,
  type CampaignProgress,
  campaignChangedSignal,
  campaignProgressQuery,
} from './campaign.contract.js';
import { statusAttribute } from './search-attributes.contract.js';

const retry = { initialInterval: '500ms', maximumInterval: '1 minute' } as const;

const { freezeAudienceShard } = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '10 minutes',
  retry,
  summary: 'Write one shard of the audience to the ledger',
});
const { beginFreeze, openCampaign } = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '1 minute',
  retry,
  summary: 'Move the campaign on',
});
const { lookAtLedger } = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '1 minute',
  retry,
  summary: 'Count the campaign in the ledger',
});

/** Looks at the ledger before the history is begun anew: far below the limit of 51,200 events. */
const looksPerRun = 500;

/**
 * A campaign (P9, decision 6). It never sends: it writes the audience to the ledger, opens it to the lanes, and waits
 * until no row of it can change any more. Pause and cancel are states of the campaign's row, which the lanes obey.
 */
export async function campaign(input: CampaignInput): Promise<CampaignProgress> {
  const progress: CampaignProgress = { state: input.frozen ? 'sending' : 'scheduled', counts: {} };
  let changed = false;
  setHandler(campaignProgressQuery, () => progress);
  setHandler(campaignChangedSignal, () => {
    changed = true;
  });
  const reference = { accountId: input.accountId, campaignId: input.campaignId };

  if (!input.frozen) {
    await waitUntil(input.scheduledAt, () => changed);
    progress.state = await beginFreeze(reference);
    while (progress.state === 'scheduled') {
      changed = false;
      await waitUntil(input.scheduledAt, () => changed);
      progress.state = await beginFreeze(reference);
    }
    if (progress.state === 'freezing') {
      for (let shard = 0; shard < input.shards; shard += 1) {
        await freezeAudienceShard({ ...reference, shard, shards: input.shards });
      }
      progress.state = await openCampaign(reference);
    }
  }
  upsertSearchAttributes([{ key: statusAttribute, value: progress.state }]);

  let pauseMs = input.pollMs.first;
  for (let look = 0; look < looksPerRun; look += 1) {
    changed = false;
    const before = progress.state;
    Object.assign(progress, await lookAtLedger({ ...reference, seen: progress.counts }));
    if (progress.state !== before) upsertSearchAttributes([{ key: statusAttribute, value: progress.state }]);
    if (progress.state === 'finished' || progress.state === 'cancelled') return progress;
    await condition(() => changed, pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, input.pollMs.longest);
  }
  return continueAsNew<typeof campaign>({ ...input, frozen: true });
}

async function waitUntil(scheduledAt: number | null, interrupted: () => boolean): Promise<void> {
  if (scheduledAt === null) return;
  const pause = scheduledAt - Date.now();
  if (pause > 0) await condition(interrupted, pause);
}
