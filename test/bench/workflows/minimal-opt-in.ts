import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, defineUpdate, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { MinimalActivities } from '../optin/minimal-worker.js';

const status = defineSearchAttributeKey('Status', SearchAttributeType.KEYWORD);
const { decide, mail } = proxyActivities<MinimalActivities>({ startToCloseTimeout: '30 seconds' });

export const confirm = defineUpdate<string, [{ optInId: string }]>('confirm');

/**
 * Issues the commands of `doubleOptIn` when it is confirmed (two activities, two upserts of a search attribute, a timer
 * that is cancelled, an update) and does nothing else: what Temporal itself allows on this machine.
 */
export async function minimalOptIn(input: { accountId: string; signUpId: string }): Promise<string> {
  let answer = 'awaiting';
  setHandler(confirm, () => {
    answer = 'confirmed';
    return answer;
  });
  const { waitMs } = await decide(input);
  upsertSearchAttributes([{ key: status, value: 'awaiting' }]);
  await mail(input);
  await condition(() => answer !== 'awaiting', waitMs);
  upsertSearchAttributes([{ key: status, value: answer }]);
  return answer;
}
