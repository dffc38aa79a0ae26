import type { WorkflowContract } from './task-queue.contract.js';

/** Nothing: the run does what is due. */
export type HousekeepingInput = Record<string, never>;

export const housekeepingContract: WorkflowContract<HousekeepingInput> = {
  type: 'housekeeping',
  summary: 'Deletes what its retention has ended, and keys that belong to nothing',
  workflowId: () => 'housekeeping',
};

/** The Temporal Schedule that starts it. */
export const housekeepingSchedule = { scheduleId: 'housekeeping', every: '1 hour' } as const;
