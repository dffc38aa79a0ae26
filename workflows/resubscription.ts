import { condition, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { ConsentActivities } from '../activities/consent.activities.js';
import type { OptInStatus } from '../libs/domain/opt-in.js';
import {
  confirmResubscriptionUpdate,
  type ResubscriptionInput,
  rejectResubscriptionSignal,
  resubscriptionStatusQuery,
} from './resubscription.contract.js';
import { statusAttribute } from './search-attributes.contract.js';

const retry = { initialInterval: '500ms', maximumInterval: '1 minute' } as const;

const { queueResubscriptionMail } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'Queue the one mail that asks to confirm the way back',
});
const { expireResubscription } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'End the resubscription that nobody answered',
});
const { forgetPendingAddress } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'Destroy the temporary key of the typed address',
});

/** Resubscription (P18): one mail, one click, a new card; or expiry, which destroys the temporary key of the address. */
export async function resubscription(input: ResubscriptionInput): Promise<OptInStatus> {
  let status: OptInStatus = 'awaiting';
  const answer = (answered: OptInStatus) => {
    if (status === 'awaiting') status = answered;
    return status;
  };
  setHandler(resubscriptionStatusQuery, () => status);
  setHandler(confirmResubscriptionUpdate, () => answer('confirmed'));
  setHandler(rejectResubscriptionSignal, () => void answer('rejected'));

  upsertSearchAttributes([{ key: statusAttribute, value: 'awaiting' }]);
  const { expireAfterMs } = await queueResubscriptionMail(input);
  await condition(() => status !== 'awaiting', Math.max(expireAfterMs, 1));

  if (status === 'awaiting') status = await expireResubscription(input);
  await forgetPendingAddress(input);
  upsertSearchAttributes([{ key: statusAttribute, value: status }]);
  return status;
}
