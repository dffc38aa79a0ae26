// The guard: it outlives the stack by the seconds that it takes to end what the stack started. It holds no connection
// but the channel to the stack; when that closes, the stack is gone, however it died.
import { endProcess } from './process-identity.js';

export interface GuardedProcess {
  pid: number;
  start: string;
  signal: NodeJS.Signals;
}
export type GuardMessage = { watch: GuardedProcess } | { forget: number };

/** Milliseconds for each process to end by itself. All are told at once: the order matters less than being gone. */
const GRACE_MS = 5_000;

const watched = new Map<number, GuardedProcess>();

process.on('message', (message: GuardMessage) => {
  if ('watch' in message) watched.set(message.watch.pid, message.watch);
  else watched.delete(message.forget);
});

// A terminal's Ctrl-C and a service's stop are the stack's business.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

process.once('disconnect', async () => {
  await Promise.all([...watched.values()].map(({ pid, start, signal }) => endProcess(pid, start, signal, GRACE_MS)));
  process.exit(0);
});
