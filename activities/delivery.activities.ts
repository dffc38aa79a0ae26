import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { WakeUps } from '../libs/db/wake-ups.js';
import type { DeliveryLane } from '../libs/domain/delivery.js';
import { Lane, type LaneParts } from './delivery/lane.js';

const heartbeatEveryMs = 1_000;

/** The lanes of delivery, as activities that run for as long as their worker does. */
export class DeliveryActivities {
  constructor(private readonly parts: Omit<LaneParts, 'wakeUps'> & { databaseUrl: string; stopping: AbortSignal }) {}

  /**
   * Runs one lane until the worker shuts down or the activity is given to another worker. Heartbeats tell Temporal that
   * it lives; the ledger's leases, not Temporal, guarantee that two lanes at once double nothing.
   */
  async runLane({ lane }: { lane: DeliveryLane }): Promise<void> {
    const context = Context.current();
    const stopped = AbortSignal.any([context.cancellationSignal, this.parts.stopping]);
    const timer = setInterval(() => context.heartbeat(), heartbeatEveryMs);
    // An hour is the activity's limit: it comes back a little before, and the workflow begins anew.
    const until = Date.now() + 55 * 60_000;
    const wakeUps = new WakeUps(this.parts.databaseUrl, 'assent_delivery');
    stopped.addEventListener('abort', () => void wakeUps.close());
    try {
      const running = new Lane({ ...this.parts, wakeUps }, lane, randomUUID());
      await running.run(() => stopped.aborted || Date.now() > until);
    } finally {
      clearInterval(timer);
      await wakeUps.close();
    }
  }
}
