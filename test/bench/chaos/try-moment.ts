import { setTimeout as pause } from 'node:timers/promises';
import { prepareFlow } from './flows.js';
import type { Moment } from './moments.js';
import type { Stand } from './stand.js';

/** How long a killed part stays away, in milliseconds. */
const awayMs = 500;

/**
 * Runs a flow, kills the part at the moment, starts it again, waits for the flow's end and looks at the state it left.
 * @returns what is not as it must be
 */
export async function tryMoment(stand: Stand, moment: Moment): Promise<string[]> {
  const flow = await prepareFlow(stand, moment.flow);
  const service = stand.stack.services[moment.part];
  const interruption = (async () => {
    await pause(moment.delayMs);
    await service.kill('SIGKILL');
    await pause(awayMs);
    await service.start();
  })();
  const [killed, ended] = await Promise.allSettled([interruption, flow.run()]);
  // Without the part nothing further can be tried.
  if (killed.status === 'rejected') throw killed.reason;
  if (ended.status === 'rejected') return [ended.reason instanceof Error ? ended.reason.message : String(ended.reason)];
  return flow.wrongs();
}
