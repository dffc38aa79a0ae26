import type { Tx } from '../../../libs/db/database.js';
import { enqueueSignal } from '../../../libs/db/outbox.js';
import { doubleOptInContract, endSignal } from '../../../workflows/double-opt-in.contract.js';

/** Tells the workflows of opt-ins that an unsubscribe has ended, once the transaction has committed. */
export async function tellEndedOptIns(
  tx: Tx,
  ids: { accountId: string; contactId: string },
  signUpIds: string[],
): Promise<void> {
  for (const signUpId of signUpIds) {
    await enqueueSignal(tx, {
      ...ids,
      workflowType: doubleOptInContract.type,
      workflowId: doubleOptInContract.workflowId({ accountId: ids.accountId, signUpId }),
      name: endSignal.name,
    });
  }
}
