import { Connection } from '@temporalio/client';
import type { Config } from '../config/config.js';

/**
 * A connection that is made at its first use and again after it broke: the API starts and answers while Temporal is
 * away (decision 2).
 */
export async function connectTemporal(config: Pick<Config, 'temporal'>): Promise<Connection> {
  return Connection.lazy({
    address: config.temporal.address,
    // By default the pause between two attempts grows to two minutes: what waits in the outbox would wait for that too.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 500, 'grpc.max_reconnect_backoff_ms': 2_000 },
  });
}

/**
 * Whether the server answers within `timeoutMs`. Asked over a connection of its own without the SDK's retries: those go
 * on after the deadline, and one that fires after the connection was closed ends the process.
 */
export async function isTemporalReachable(config: Pick<Config, 'temporal'>, timeoutMs: number): Promise<boolean> {
  const connection = Connection.lazy({ address: config.temporal.address, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + timeoutMs, () => connection.workflowService.getSystemInfo({}));
    return true;
  } catch {
    // Whatever the reason, the answer is no: this question is asked to tell an operator, not to recover.
    return false;
  } finally {
    await connection.close();
  }
}
