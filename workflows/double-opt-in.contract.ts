import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { OptInStatus } from '../libs/domain/opt-in.js';
import type { WorkflowContract } from './task-queue.contract.js';

export interface DoubleOptInInput {
  accountId: string;
  signUpId: string;
}

export const doubleOptInContract: WorkflowContract<DoubleOptInInput> = {
  type: 'doubleOptIn',
  summary: 'Asks one sign-up to confirm, reminds, and ends with the answer or at expiry',
  workflowId: ({ signUpId }) => `double-opt-in:${signUpId}`,
};

export interface DoubleOptInState {
  /** `deciding` until it is known what the sign-up leads to; `none` when it leads to no opt-in of its own. */
  status: 'deciding' | 'none' | OptInStatus;
  mailsQueued: number;
}

export interface OptInReference {
  optInId: string;
}

/** The person pressed the button: the consent has committed, the workflow ends. Answers the status it ends with. */
export const confirmUpdate = defineUpdate<OptInStatus, [OptInReference]>('confirm');
/** The person signed up again while this opt-in waits: the confirmation mail goes out once more, within the bounds. */
export const resendSignal = defineSignal('resend');
/** "This was not me". */
export const rejectSignal = defineSignal('reject');
/** The contact is being erased, or left the list by itself. */
export const endSignal = defineSignal('end');
export const doubleOptInStateQuery = defineQuery<DoubleOptInState>('state');
