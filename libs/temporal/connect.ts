import { Connection } from '@temporalio/client';
import type { Config } from '../config/config.js';

/**
 * A connection that is made at its first use and again after it broke: the API starts and answers while Temporal is
 * away (decision 2).
 */
export async function connectTemporal(config: Pick<Config, 'temporal'>): Promise<Connection> {
  return Connection.lazy({ address: config.temporal.address });
}

/** Whether the server answers within `timeoutMs`. */
export async function isTemporalReachable(connection: Connection, timeoutMs: number): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    // Whatever the reason, the answer is no: this question is asked to tell an operator, not to recover.
    return false;
  }
}
