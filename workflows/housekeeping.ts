import { proxyActivities } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities/housekeeping.activities.js';

const options = {
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '10 seconds', maximumInterval: '5 minutes', maximumAttempts: 5 },
} as const;

const { deleteExpiredRows } = proxyActivities<HousekeepingActivities>({
  ...options,
  summary: 'Delete rows whose retention has ended',
});
const { sweepOrphanKeys } = proxyActivities<HousekeepingActivities>({
  ...options,
  summary: 'Destroy keys that belong to nothing',
});

/** Hourly, by a schedule. What it misses once it does the next time. */
export async function housekeeping(): Promise<{ deleted: Record<string, number>; keysDestroyed: number }> {
  const deleted = await deleteExpiredRows();
  const { destroyed } = await sweepOrphanKeys();
  return { deleted, keysDestroyed: destroyed };
}
