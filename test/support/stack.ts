import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostMessage, HostOptions, HostRequest, ServiceName, StackDescription } from './stack-host.js';

/** Names the file with the description of the stack that all specs of the integration project share. */
export const descriptionVariable = 'ASSENT_TEST_STACK';

/** The first start builds Temporal's server, which took two minutes on two cores; a loaded machine takes longer. */
const startLimitMs = 15 * 60_000;
const stopLimitMs = 60_000;

/**
 * The stack that jest's global set-up started for all specs. Specs share its database, so each makes an account of its
 * own; a spec that stops or kills a part starts its own stack (`startOwnStack`).
 * @throws Error outside the integration project, where no stack runs
 */
export function runningStack(): StackDescription {
  const file = process.env[descriptionVariable];
  if (!file) throw new Error('No stack runs: only specs of the integration project share one.');
  return JSON.parse(readFileSync(file, 'utf8')) as StackDescription;
}

/** A part of a stack, which a spec may interrupt. */
export interface PartControl {
  /** @throws Error while it is not running */
  pid(): Promise<number>;
  /** Resolves when the process is gone (SIGSTOP and SIGCONT: when it was sent). */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data; resolves when it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface OwnStack extends StackDescription {
  /** The folder that holds everything this stack wrote; `stop` removes it. */
  dataDir: string;
  services: Record<ServiceName, PartControl>;
  /** Stops every part and removes the data. Safe to call twice. */
  stop(): Promise<void>;
}

/** Both the sources and the build lie under the one package. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function waitForExit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Why there is no stack, with the end of what each part wrote: the folder is removed before anyone can look. */
function startFailure(reason: string, dataDir: string): Error {
  const folders = [dataDir, join(dataDir, 'logs')].filter((folder) => existsSync(folder));
  const logs = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const ends = logs
    .filter((file) => file.endsWith('.log'))
    .map((file) => [file, readFileSync(file, 'utf8').trim().split('\n').slice(-20).join('\n')] as const)
    .filter(([, end]) => end !== '')
    .map(([file, end]) => `--- ${file}\n${end}`);
  return new Error([`The stack did not start: ${reason}`, ...ends].join('\n'));
}

function waitUntilReady(
  child: ChildProcess,
  dataDir: string,
  onProgress: (line: string) => void,
): Promise<StackDescription> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(startFailure(reason, dataDir));
    const limit = setTimeout(() => fail('it took too long.'), startLimitMs);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      fail(`its process ended (${signal ?? code}).`);
    });
    child.on('message', (message: HostMessage) => {
      if (message.kind === 'progress') return onProgress(message.line);
      clearTimeout(limit);
      if (message.kind === 'failed') fail(message.reason);
      if (message.kind === 'ready') resolve(message.stack);
    });
  });
}

/** Sends requests to the process that holds the stack, and waits for the answer to each. */
function controls(child: ChildProcess): Record<ServiceName, PartControl> {
  let requests = 0;
  const ask = (request: Omit<HostRequest, 'id'> & { signal?: NodeJS.Signals }): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      requests += 1;
      const id = requests;
      const settle = (finish: () => void) => {
        child.off('message', onMessage);
        child.off('exit', onExit);
        finish();
      };
      const onMessage = (message: HostMessage) => {
        if (message.kind === 'done' && message.id === id) settle(() => resolve(message.pid));
        if (message.kind === 'refused' && message.id === id) settle(() => reject(new Error(message.reason)));
      };
      const onExit = () => settle(() => reject(new Error('The stack has ended.')));
      child.on('message', onMessage);
      child.once('exit', onExit);
      child.send({ ...request, id }, (error) => {
        if (error) settle(() => reject(error));
      });
    });
  const control = (service: ServiceName): PartControl => ({
    pid: async () => (await ask({ service, action: 'pid' })) as number,
    kill: async (signal) => void (await ask({ service, action: 'kill', signal })),
    start: async () => void (await ask({ service, action: 'start' })),
    stop: async () => void (await ask({ service, action: 'stop' })),
  });
  return {
    postgres: control('postgres'),
    temporal: control('temporal'),
    inbox: control('inbox'),
    api: control('api'),
    worker: control('worker'),
  };
}

/**
 * Starts a stack on free ports with its own temporary data folder, in a process of its own: when the test run dies, that
 * process notices and stops everything. Needs the build (`npm run build`).
 * @throws Error with the end of every part's log when it does not start
 */
export async function startOwnStack(
  options: HostOptions = {},
  onProgress: (line: string) => void = () => undefined,
): Promise<OwnStack> {
  const host = join(packageRoot(), 'dist/test/support/stack-host.js');
  if (!existsSync(host)) throw new Error('There is no build to start a stack from: run `npm run build` first.');
  const dataDir = mkdtempSync(join(tmpdir(), 'assent-stack-'));
  // PostgreSQL refuses to run as root, so it runs as another user when tests run as root; that user has to get in.
  chmodSync(dataDir, 0o755);
  const log = openSync(join(dataDir, 'host.log'), 'w');
  const child = fork(host, [JSON.stringify([options, dataDir])], {
    cwd: packageRoot(),
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);

  async function stop(): Promise<void> {
    if (child.connected) child.disconnect();
    const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await waitForExit(child);
    clearTimeout(limit);
    rmSync(dataDir, { recursive: true, force: true });
    if (child.signalCode === 'SIGKILL') throw new Error('The stack did not stop in time and was killed.');
  }

  try {
    const description = await waitUntilReady(child, dataDir, onProgress);
    return { ...description, dataDir, services: controls(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
