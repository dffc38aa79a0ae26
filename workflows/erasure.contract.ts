import { defineQuery } from '@temporalio/workflow';
import type { WorkflowContract } from './task-queue.contract.js';

export interface ErasureInput {
  accountId: string;
  erasureId: string;
  contactId: string;
  /** Pause between two looks at messages that are being handed over, in milliseconds. */
  pollMs: number;
}

export const erasureContract: WorkflowContract<ErasureInput> = {
  type: 'erasure',
  summary: 'Erases one contact everywhere and leaves the tombstone (GDPR art. 17)',
  workflowId: ({ erasureId }) => `erasure:${erasureId}`,
};

/** With what the API starts an erasure. */
export const erasurePollMs = 500;

export type ErasureStep =
  | 'stop_sends'
  | 'write_tombstone'
  | 'end_workflows'
  | 'delete_rows'
  | 'destroy_key'
  | 'verify'
  | 'certify'
  | 'done';

export const erasureStepQuery = defineQuery<ErasureStep>('step');
