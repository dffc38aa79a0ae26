import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { OptInStatus } from '../libs/domain/opt-in.js';
import type { WorkflowContract } from './task-queue.contract.js';

export interface ResubscriptionInput {
  accountId: string;
  resubscriptionId: string;
}

export const resubscriptionContract: WorkflowContract<ResubscriptionInput> = {
  type: 'resubscription',
  summary: 'Asks the owner of an erased address to confirm the way back, and forgets the address at expiry',
  workflowId: ({ resubscriptionId }) => `resubscription:${resubscriptionId}`,
};

/** The person pressed the button: the new card has committed. */
export const confirmResubscriptionUpdate = defineUpdate<OptInStatus, [ResubscriptionReference]>('confirm');
/** "This was not me". */
export const rejectResubscriptionSignal = defineSignal('reject');
export const resubscriptionStatusQuery = defineQuery<OptInStatus>('status');

export interface ResubscriptionReference {
  resubscriptionId: string;
}
