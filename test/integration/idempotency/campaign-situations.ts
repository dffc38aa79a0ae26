import type { CampaignState } from '../../../libs/domain/campaign.js';
import type { LedgerAccount } from '../../support/ledger-account.js';
import type { Situation } from './harness.js';

const perRun = 'it counts what this run wrote, for the operator who looks at the history';

async function campaignIn(account: LedgerAccount, state: CampaignState) {
  return { accountId: account.id, campaignId: await account.campaign(state) };
}

/** Two contacts whom the campaign goes to, with a row in the ledger each. */
async function withLedger(account: LedgerAccount, state: CampaignState, settled: 'all' | 'one') {
  const reference = await campaignIn(account, state);
  for (const which of ['first', 'second']) {
    const contactId = await account.contact();
    const row = { contactId, campaignId: reference.campaignId, listId: account.listId };
    const sent = { state: 'sent', settledAt: new Date() } as const;
    const open = settled === 'one' && which === 'second';
    await account.deliveries(1, { kind: 'campaign', ...row, ...(open ? {} : sent) });
  }
  return reference;
}

export const campaignSituations: Situation[] = [
  {
    activity: 'beginFreeze',
    when: 'its time has come',
    prepare: async (bench, account) => {
      const reference = await campaignIn(account, 'scheduled');
      return () => bench.campaigns.beginFreeze(reference);
    },
    ends: (end) => {
      expect(end.result).toBe('freezing');
      expect(end.values('campaigns', 'version')).toEqual([2]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'freezeAudienceShard',
    when: 'the list has contacts',
    prepare: async (bench, account) => {
      const reference = await campaignIn(account, 'freezing');
      await account.contact();
      await account.contact({ subscription: 'unsubscribed' });
      await account.contact({ subscription: 'pending' });
      return () => bench.campaigns.freezeAudienceShard({ ...reference, shard: 0, shards: 1 });
    },
    ends: (end) => {
      expect(end.result).toEqual({ frozen: 2 });
      expect(end.values('deliveries', 'state')).toEqual(['queued', 'queued']);
    },
    effects: ['transaction'],
    answerOfOneRun: perRun,
  },
  {
    activity: 'openCampaign',
    when: 'the audience is frozen',
    prepare: async (bench, account) => {
      const reference = await campaignIn(account, 'freezing');
      return () => bench.campaigns.openCampaign(reference);
    },
    ends: (end) => {
      expect(end.result).toBe('sending');
      expect(end.values('campaigns', 'version')).toEqual([2]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'openCampaign',
    when: 'it was cancelled meanwhile',
    prepare: async (bench, account) => {
      const reference = await campaignIn(account, 'cancelled');
      return () => bench.campaigns.openCampaign(reference);
    },
    ends: (end) => {
      expect(end.result).toBe('cancelled');
      expect(end.values('campaigns', 'state')).toEqual(['cancelled']);
    },
    effects: ['transaction'],
  },
  {
    activity: 'lookAtLedger',
    when: 'messages are still queued',
    prepare: async (bench, account) => {
      const reference = await withLedger(account, 'sending', 'one');
      return () => bench.campaigns.lookAtLedger(reference);
    },
    ends: (end) => expect(end.result).toEqual({ state: 'sending', counts: { sent: 1, queued: 1 } }),
    effects: ['transaction'],
  },
  {
    activity: 'lookAtLedger',
    when: 'every message is settled',
    prepare: async (bench, account) => {
      const reference = await withLedger(account, 'sending', 'all');
      return () => bench.campaigns.lookAtLedger(reference);
    },
    ends: (end) => {
      expect(end.result).toEqual({ state: 'finished', counts: { sent: 2 } });
      expect(end.values('campaigns', 'version')).toEqual([2]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'lookAtLedger',
    when: 'it was cancelled',
    prepare: async (bench, account) => {
      const reference = await withLedger(account, 'cancelled', 'one');
      return () => bench.campaigns.lookAtLedger(reference);
    },
    ends: (end) => {
      expect(end.result).toEqual({ state: 'cancelled', counts: { sent: 1, skipped: 1 } });
      expect(end.values('deliveries', 'skip_reason')).toContain('campaign_cancelled');
    },
    effects: ['transaction'],
  },
];
