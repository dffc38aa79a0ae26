import { proxyActivities, setHandler, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { ErasureActivities } from '../activities/erasure.activities.js';
import { type ErasureInput, type ErasureStep, erasureStepQuery } from './erasure.contract.js';
import { statusAttribute } from './search-attributes.contract.js';

const options = {
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute' },
} as const;

const { stopSends } = proxyActivities<ErasureActivities>({
  ...options,
  summary: 'Stop sends and count those under way',
});
const { writeTombstone } = proxyActivities<ErasureActivities>({ ...options, summary: 'Write the tombstone' });
const { endWorkflows } = proxyActivities<ErasureActivities>({
  ...options,
  summary: 'End running workflows of the contact and delete their histories',
});
const { deleteRows } = proxyActivities<ErasureActivities>({
  ...options,
  summary: 'Delete rows from every declared store',
});
const { destroyKey } = proxyActivities<ErasureActivities>({ ...options, summary: 'Destroy the key of the contact' });
const { verifyErasure } = proxyActivities<ErasureActivities>({ ...options, summary: 'Search every declared store' });
const { certify } = proxyActivities<ErasureActivities>({ ...options, summary: 'Write the certificate' });

/**
 * Erasure (P15, GDPR art. 17). Each step can be repeated: what is gone stays gone. The address is blocked from the
 * moment the erasure was asked for, which is before this workflow starts.
 */
export async function erasure(input: ErasureInput): Promise<ErasureStep> {
  let step: ErasureStep = 'stop_sends';
  setHandler(erasureStepQuery, () => step);
  const begin = (next: ErasureStep) => {
    step = next;
    upsertSearchAttributes([{ key: statusAttribute, value: next }]);
  };
  const subject = { accountId: input.accountId, erasureId: input.erasureId, contactId: input.contactId };

  begin('stop_sends');
  while ((await stopSends(subject)).underWay > 0) await sleep(input.pollMs);

  begin('write_tombstone');
  await writeTombstone(subject);

  begin('end_workflows');
  await endWorkflows(subject);

  begin('delete_rows');
  const deleted = await deleteRows(subject);

  begin('destroy_key');
  await destroyKey(subject);

  begin('verify');
  const verification = await verifyErasure(subject);

  begin('certify');
  await certify({ ...subject, deleted, verification });

  begin('done');
  return step;
}
