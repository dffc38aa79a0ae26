import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostMessage, HostOptions, StackDescription } from './stack-host.js';

export type { StackDescription } from './stack-host.js';

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

export interface OwnStack extends StackDescription {
  /** The folder that holds everything this stack wrote; `stop` removes it. */
  dataDir: string;
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

/** How the host ended before it was ready: its own words, or the end of what it wrote. */
function startFailure(reason: string, logFile: string): Error {
  const written = readFileSync(logFile, 'utf8').trim().split('\n').slice(-30).join('\n');
  return new Error(`The stack did not start: ${reason}${written ? `\n${written}` : ''}`);
}

/**
 * Starts a stack on free ports with its own temporary data folder, in a process of its own: when the test run dies, that
 * process notices and stops everything. Needs the build (`npm run build`).
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
  const logFile = join(dataDir, 'host.log');
  const log = openSync(logFile, 'w');
  const child = fork(host, [JSON.stringify({ ...options, dataDir })], {
    cwd: packageRoot(),
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  });

  async function stop(): Promise<void> {
    if (child.connected) child.disconnect();
    const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await waitForExit(child);
    clearTimeout(limit);
    rmSync(dataDir, { recursive: true, force: true });
    if (child.signalCode === 'SIGKILL') throw new Error('The stack did not stop in time and was killed.');
  }

  try {
    const description = await new Promise<StackDescription>((resolve, reject) => {
      const limit = setTimeout(() => reject(startFailure('it took too long.', logFile)), startLimitMs);
      child.once('exit', (code, signal) => reject(startFailure(`its process ended (${signal ?? code}).`, logFile)));
      child.on('message', (message: HostMessage) => {
        if (message.kind === 'progress') onProgress(message.line);
        if (message.kind === 'failed') reject(startFailure(message.reason, logFile));
        if (message.kind === 'ready') resolve(message.stack);
        if (message.kind !== 'progress') clearTimeout(limit);
      });
    });
    return { ...description, dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
