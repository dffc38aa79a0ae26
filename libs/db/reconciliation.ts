import type { DeliveryState } from '../domain/delivery.js';
import { lockCampaign, moveCampaign } from './campaigns.js';
import type { Database, Tx } from './database.js';
import { countCampaign } from './deliveries.js';
import { enqueueRestart, withCommandsWaiting } from './outbox.js';

/** A row of PostgreSQL that promises something which an execution carries. */
export interface OpenPromise {
  type: 'doubleOptIn' | 'resubscription' | 'erasure' | 'campaign';
  accountId: string;
  /** Of the row; of an opt-in: its sign-up's. */
  id: string;
  /** The row's own word for where it stands. */
  state: string;
  contactId: string | null;
  /** Of campaigns: milliseconds since the epoch. */
  scheduledAt?: number | null;
}

export type PromiseStanding = { standing: 'open'; promise: OpenPromise } | { standing: 'over' | 'unstarted' | 'none' };

const unfinishedCampaigns = ['scheduled', 'freezing', 'sending', 'paused'];
const chunk = 500;

/** All accounts of the installation. */
export async function accountIds(db: Database): Promise<string[]> {
  return db.forSystem('operator', async (tx) =>
    (await tx.account.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map(({ id }) => id),
  );
}

/** Every promise of an account that is not kept yet: undecided sign-ups, and what awaits an answer or its end. */
export async function openPromises(tx: Tx, accountId: string, type: OpenPromise['type']): Promise<OpenPromise[]> {
  const promise = { type, accountId, contactId: null };
  switch (type) {
    case 'doubleOptIn': {
      const signUps = await tx.signUp.findMany({ where: { status: 'received' }, select: { id: true, status: true } });
      const optIns = await tx.optIn.findMany({ where: { status: 'awaiting' } });
      return [
        ...signUps.map(({ id, status }) => ({ ...promise, id, state: status })),
        ...optIns.map((row) => ({ ...promise, id: row.signUpId, state: row.status, contactId: row.contactId })),
      ];
    }
    case 'resubscription': {
      const rows = await tx.resubscription.findMany({ where: { status: 'awaiting' } });
      return rows.map(({ id, status }) => ({ ...promise, id, state: status }));
    }
    case 'erasure': {
      const rows = await tx.erasure.findMany({ where: { status: { not: 'done' } } });
      return rows.map(({ id, status, contactId }) => ({ ...promise, id, state: status, contactId }));
    }
    case 'campaign': {
      const rows = await tx.campaign.findMany({ where: { state: { in: unfinishedCampaigns } } });
      return rows.map((row) => campaignPromise(row));
    }
  }
}

/** How a promise stands at this moment: not kept yet, over, not begun (a draft), or no row at all. */
export async function standingOf(
  tx: Tx,
  type: OpenPromise['type'],
  accountId: string,
  id: string,
): Promise<PromiseStanding> {
  const over = { standing: 'over' } as const;
  const open = (state: string, contactId: string | null = null): PromiseStanding => ({
    standing: 'open',
    promise: { type, accountId, id, state, contactId },
  });
  switch (type) {
    case 'doubleOptIn': {
      const optIn = await tx.optIn.findUnique({ where: { signUpId: id } });
      if (optIn) return optIn.status === 'awaiting' ? open(optIn.status, optIn.contactId) : over;
      const signUp = await tx.signUp.findUnique({ where: { id }, select: { status: true } });
      if (signUp) return signUp.status === 'received' ? open(signUp.status) : over;
      return { standing: 'none' };
    }
    case 'resubscription': {
      const row = await tx.resubscription.findUnique({ where: { id } });
      if (!row) return { standing: 'none' };
      return row.status === 'awaiting' ? open(row.status) : over;
    }
    case 'erasure': {
      const row = await tx.erasure.findUnique({ where: { id } });
      if (!row) return { standing: 'none' };
      return row.status === 'done' ? over : open(row.status, row.contactId);
    }
    case 'campaign': {
      const row = await tx.campaign.findUnique({ where: { id } });
      if (!row) return { standing: 'none' };
      if (row.state === 'draft') return { standing: 'unstarted' };
      if (!unfinishedCampaigns.includes(row.state)) return over;
      return { standing: 'open', promise: campaignPromise(row) };
    }
  }
}

/** Whether the relay has still something to send to a workflow: until then the two sides may well differ. */
export async function isRelayPending(tx: Tx, workflowId: string): Promise<boolean> {
  return (await withCommandsWaiting(tx, [workflowId])).size > 0;
}

/** Those of these workflows for which the relay has something to send, asked in parts. */
export async function relayPending(tx: Tx, workflowIds: string[]): Promise<Set<string>> {
  const pending = new Set<string>();
  for (let from = 0; from < workflowIds.length; from += chunk) {
    for (const id of await withCommandsWaiting(tx, workflowIds.slice(from, from + chunk))) pending.add(id);
  }
  return pending;
}

/** How many rows of a campaign are in each state of the ledger. */
export async function ledgerCounts(tx: Tx, campaignId: string): Promise<Partial<Record<DeliveryState, number>>> {
  return (await countCampaign(tx, campaignId)).states;
}

/** Pauses a campaign that sends: the lanes leave its rows alone until somebody resumes it. Answers the state it has now. */
export async function holdCampaign(tx: Tx, campaignId: string): Promise<string> {
  const campaign = await lockCampaign(tx, campaignId);
  if (!campaign) return 'none';
  return campaign.state === 'sending' ? moveCampaign(tx, campaign, 'pause') : campaign.state;
}

/** Has the relay start the execution of an unfinished promise again, unless a command for it waits already. */
export async function restartPromise(
  tx: Tx,
  promise: OpenPromise,
  execution: { workflowId: string; input: object },
): Promise<void> {
  if (await isRelayPending(tx, execution.workflowId)) return;
  const { accountId, type, contactId } = promise;
  await enqueueRestart(tx, {
    accountId,
    workflowType: type,
    // An erasure is not linked to its contact: it outlives it, and must not end itself.
    contactId: type === 'erasure' ? null : contactId,
    ...execution,
  });
}

function campaignPromise(row: { id: string; accountId: string; state: string; scheduledAt: Date | null }): OpenPromise {
  const { id, accountId, state } = row;
  return { type: 'campaign', accountId, id, state, contactId: null, scheduledAt: row.scheduledAt?.getTime() ?? null };
}
