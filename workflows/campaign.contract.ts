import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { CampaignState } from '../libs/domain/campaign.js';
import type { DeliveryState } from '../libs/domain/delivery.js';
import type { WorkflowContract } from './task-queue.contract.js';

export interface CampaignInput {
  accountId: string;
  campaignId: string;
  /** Milliseconds since the epoch; null sends now. */
  scheduledAt: number | null;
  /** Into how many set-based statements the freeze of the audience is divided. */
  shards: number;
  /** Bounds of the pause between two looks at the ledger, in milliseconds: it grows from the first to the second. */
  pollMs: { first: number; longest: number };
  /** Carried over continue-as-new: the audience stands in the ledger already. */
  frozen?: boolean;
}

export const campaignContract: WorkflowContract<CampaignInput> = {
  type: 'campaign',
  summary: 'Freezes the audience into the ledger, opens it to the lanes and waits for its counts',
  workflowId: ({ campaignId }) => `campaign:${campaignId}`,
};

/** With what the API starts a campaign. */
export const campaignDefaults = { shards: 4, pollMs: { first: 300, longest: 10_000 } } as const;

export type DeliveryCounts = Partial<Record<DeliveryState, number>>;

export interface CampaignProgress {
  state: CampaignState;
  counts: DeliveryCounts;
}

/** Paused, resumed or cancelled: the campaign's row says which. The workflow looks again at once. */
export const campaignChangedSignal = defineSignal('changed');
export const campaignProgressQuery = defineQuery<CampaignProgress>('progress');
