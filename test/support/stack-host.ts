import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type Stack, type StackOptions, startStack } from '../../apps/stack/stack.js';

export type ServiceName = keyof Stack['services'];

/** What a spec gets to know of a stack: it is sent between processes and kept in a file, so it is plain JSON. */
export interface StackDescription {
  /** The environment in which the API, the worker and the operator's commands reach this stack. */
  env: Stack['env'];
  urls: Record<keyof Stack['urls'], string>;
  /** Of the parts that run as processes, as they were when the stack had started. */
  pids: Partial<Record<ServiceName, number>>;
}

export type HostOptions = Omit<StackOptions, 'dataDir' | 'onProgress' | 'ports'>;

/** One thing to do with a part of the stack. */
export type HostRequest = { id: number; service: ServiceName } & (
  | { action: 'kill'; signal: NodeJS.Signals }
  | { action: 'start' | 'stop' | 'pid' }
);

export type HostMessage =
  | { kind: 'progress'; line: string }
  | { kind: 'ready'; stack: StackDescription }
  | { kind: 'failed'; reason: string }
  | { kind: 'done'; id: number; pid?: number }
  | { kind: 'refused'; id: number; reason: string };

/** Any free port: a stack of the developer's own may run beside it. */
const anyPort = { api: 0, temporal: 0, temporalUi: 0, inboxSmtp: 0, inboxWeb: 0, codec: 0, postgres: 0, metrics: 0 };

function send(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

function describe(stack: Stack): StackDescription {
  const services = Object.entries(stack.services) as Array<[ServiceName, NonNullable<Stack['services'][ServiceName]>]>;
  const { temporalUi = '', codec = '' } = stack.urls;
  return {
    env: stack.env,
    urls: { ...stack.urls, temporalUi, codec },
    pids: Object.fromEntries(services.map(([name, service]) => [name, service.pid])),
  };
}

async function fulfil(stack: Stack, request: HostRequest): Promise<void> {
  const { id } = request;
  try {
    const service = stack.services[request.service];
    if (!service) throw new Error(`This stack has no ${request.service}.`);
    if (request.action === 'kill') await service.kill(request.signal);
    else if (request.action === 'start') await service.start();
    else if (request.action === 'stop') await service.stop();
    send({ kind: 'done', id, pid: request.action === 'pid' ? service.pid : undefined });
  } catch (error) {
    send({ kind: 'refused', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

/** All that specs send comes from one IP, so bounds that people never meet would stop them. Specs of bounds set their own. */
const wideBounds = {
  SIGN_UPS_PER_IP_HOUR: '1000000',
  SIGN_UPS_PER_FORM_MINUTE: '1000000',
  REQUESTS_PER_KEY_MINUTE: '1000000',
};

/** Holds one stack until the process that asked for it disconnects or dies. */
async function host(options: HostOptions, dataDir: string): Promise<void> {
  // Listened for before the start, which takes long enough for the other side to end meanwhile.
  const end = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const stack = await startStack({
    ...options,
    extraEnv: { ...wideBounds, ...options.extraEnv },
    dataDir,
    ports: anyPort,
    onProgress: (line) => send({ kind: 'progress', line }),
  });
  process.on('message', (request: HostRequest) => void fulfil(stack, request));
  void stack.failed.then((line) => send({ kind: 'progress', line }));
  send({ kind: 'ready', stack: describe(stack) });
  await end;
  await stack.stop();
  // Whoever asked for it may be gone, so it cleans up itself.
  rmSync(dataDir, { recursive: true, force: true });
}

try {
  const [options, dataDir] = JSON.parse(process.argv[2]!) as [HostOptions, string];
  await host(options, dataDir);
  process.exit(0);
} catch (error) {
  console.error(error);
  send({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
