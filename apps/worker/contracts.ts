import { campaignContract } from '../../workflows/campaign.contract.js';
import { deliveryLaneContract } from '../../workflows/delivery-lane.contract.js';
import { doubleOptInContract } from '../../workflows/double-opt-in.contract.js';
import { erasureContract } from '../../workflows/erasure.contract.js';
import { resubscriptionContract } from '../../workflows/resubscription.contract.js';
import type { WorkflowContract } from '../../workflows/task-queue.contract.js';

/** Every workflow that the outbox may start, by type. */
export const contracts: Readonly<Record<string, WorkflowContract<never>>> = Object.fromEntries(
  [campaignContract, deliveryLaneContract, doubleOptInContract, erasureContract, resubscriptionContract].map(
    (contract) => [contract.type, contract],
  ),
);
