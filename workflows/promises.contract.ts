import { campaignContract, campaignDefaults } from './campaign.contract.js';
import { doubleOptInContract } from './double-opt-in.contract.js';
import { erasureContract, erasurePollMs } from './erasure.contract.js';
import { resubscriptionContract } from './resubscription.contract.js';

/** The workflows that carry a promise which stands in a row of PostgreSQL. A sign-up and its opt-in share one. */
export const promiseTypes = ['doubleOptIn', 'resubscription', 'erasure', 'campaign'] as const;
export type PromiseType = (typeof promiseTypes)[number];

/** What a row says about the workflow that carries it. `id` is the row's (of an opt-in: its sign-up's). */
export interface PromiseRow {
  type: PromiseType;
  accountId: string;
  id: string;
  contactId: string | null;
  /** Of campaigns: milliseconds since the epoch. */
  scheduledAt?: number | null;
}

/** The execution that carries a promise: its id, and the input it is started with. */
export function executionOf(row: PromiseRow): { workflowId: string; input: object } {
  const { accountId, id } = row;
  switch (row.type) {
    case 'doubleOptIn': {
      const input = { accountId, signUpId: id };
      return { workflowId: doubleOptInContract.workflowId(input), input };
    }
    case 'resubscription': {
      const input = { accountId, resubscriptionId: id };
      return { workflowId: resubscriptionContract.workflowId(input), input };
    }
    case 'erasure': {
      const input = { accountId, erasureId: id, contactId: row.contactId ?? '', pollMs: erasurePollMs };
      return { workflowId: erasureContract.workflowId(input), input };
    }
    case 'campaign': {
      const input = { accountId, campaignId: id, scheduledAt: row.scheduledAt ?? null, ...campaignDefaults };
      return { workflowId: campaignContract.workflowId(input), input };
    }
  }
}

/** The row that an execution of these types is about: workflow ids end in its id. */
export function rowIdOf(workflowId: string): string {
  return workflowId.slice(workflowId.lastIndexOf(':') + 1);
}
