import type { DeliveryLane } from '../libs/domain/delivery.js';
import type { WorkflowContract } from './task-queue.contract.js';

export interface DeliveryLaneInput {
  lane: DeliveryLane;
}

export const deliveryLaneContract: WorkflowContract<DeliveryLaneInput> = {
  type: 'deliveryLane',
  summary: 'Keeps one delivery lane running: claims due messages, sends them, settles the ledger',
  workflowId: ({ lane }) => `delivery-lane:${lane}`,
};
