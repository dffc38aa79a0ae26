import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { startStack } from '../../apps/stack/stack.js';

/** What a spec gets to know of a stack: it is sent between processes and kept in a file, so it is plain JSON. */
export interface StackDescription {
  /** The environment in which the API, the worker and the operator's commands reach this stack. */
  env: Record<string, string>;
  urls: Record<'api' | 'docs' | 'inbox' | 'inboxSmtp' | 'temporalUi' | 'codec', string>;
  /** The process that holds the stack, and the processes of its parts where they are known. */
  pids: Record<string, number>;
}

export type HostOptions = Omit<NonNullable<Parameters<typeof startStack>[0]>, 'onProgress' | 'ports'>;

export type HostMessage =
  | { kind: 'progress'; line: string }
  | { kind: 'ready'; stack: StackDescription }
  | { kind: 'failed'; reason: string };

/** Any free port: a stack of the developer's own may run beside it. */
const anyPort = { api: 0, temporal: 0, temporalUi: 0, inboxSmtp: 0, inboxWeb: 0, codec: 0, postgres: 0 };

function send(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

/** Holds one stack until the process that asked for it disconnects or dies. */
async function host(options: HostOptions): Promise<void> {
  // Listened for before the start, which takes long enough for the other side to end meanwhile.
  const end = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const stack = await startStack({
    ...options,
    ports: anyPort,
    onProgress: (line) => send({ kind: 'progress', line }),
  });
  send({ kind: 'ready', stack: { env: stack.env, urls: stack.urls, pids: { host: process.pid } } });
  await end;
  await stack.stop();
  // Whoever asked for it may be gone, so it cleans up itself.
  if (options.dataDir) rmSync(options.dataDir, { recursive: true, force: true });
}

try {
  await host(JSON.parse(process.argv[2] ?? '{}') as HostOptions);
  process.exit(0);
} catch (error) {
  console.error(error);
  send({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
