import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type { DeliveryActivities } from '../activities/delivery.activities.js';
import type { DeliveryLaneInput } from './delivery-lane.contract.js';

/**
 * The lane's activity runs for as long as its worker does and heartbeats; when its worker dies, the next one takes over
 * after the heartbeat timeout. What it had claimed returns to the queue with the lease.
 */
const { runLane } = proxyActivities<DeliveryActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '500ms', maximumInterval: '5 seconds' },
  summary: 'Claim, send and settle due messages',
});

/** One lane of delivery (decision 6). Never ends: the history is begun anew each time its activity comes back. */
export async function deliveryLane(input: DeliveryLaneInput): Promise<void> {
  await runLane(input);
  await continueAsNew<typeof deliveryLane>(input);
}
