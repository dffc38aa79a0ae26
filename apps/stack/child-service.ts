import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Guard } from './guard.js';
import { sendSignal } from './process-identity.js';

/** A part of the stack that runs as a process of its own. */
export interface Service {
  readonly name: string;
  /** @throws Error while it is not running */
  readonly pid: number;
  /** Sends the signal and waits until the process is gone (not for SIGSTOP and SIGCONT, which end nothing). */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it, again with the same ports and data, and waits until it answers. */
  start(): Promise<void>;
  /** Ends it in an orderly way, by force when that takes too long. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** A channel for `process.send`. */
  ipc?: boolean;
  /** Gets standard output and standard error, appended. */
  logFile: string;
  stopSignal: NodeJS.Signals;
  stopGraceMs: number;
  readyWithinMs: number;
  beforeStart?: () => Promise<void>;
  /** Resolves when it answers. It is called when the process has just been spawned. */
  ready: (child: ChildProcess, signal: AbortSignal) => Promise<void>;
  /** Whether a start that failed with these last lines of the log is worth another attempt within `readyWithinMs`. */
  retry?: (lastLines: string) => boolean;
}

export interface ChildSurroundings {
  guard: Guard;
  /** Called when the process ends and nobody asked it to. */
  onUnexpectedExit: (description: string) => void;
}

interface Running {
  child: ChildProcess;
  pid: number;
  exited: Promise<void>;
}

export class ChildService implements Service {
  private running: Running | undefined;
  private expectExit = false;

  constructor(
    private readonly options: ChildOptions,
    private readonly surroundings: ChildSurroundings,
  ) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number {
    if (!this.running) throw new Error(`${this.name} is not running`);
    return this.running.pid;
  }

  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.name} is already running (process ${this.running.pid})`);
    const deadline = Date.now() + this.options.readyWithinMs;
    for (;;) {
      await this.options.beforeStart?.();
      const logBefore = statSync(this.options.logFile, { throwIfNoEntry: false })?.size ?? 0;
      const problem = await this.attempt(deadline);
      if (problem === undefined) return;
      await this.stop();
      const lastLines = readEnd(this.options.logFile, logBefore).trim().split('\n').slice(-12).join('\n');
      if (!this.options.retry?.(lastLines) || Date.now() > deadline) {
        throw new Error(
          `${this.name} did not start: ${problem}. Its log (${this.options.logFile}) ends:\n${lastLines}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const { pid, exited } = this.expectRunning();
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      sendSignal(pid, signal);
      return;
    }
    this.expectExit = true;
    sendSignal(pid, signal);
    await exited;
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const { pid, exited } = this.running;
    this.expectExit = true;
    sendSignal(pid, this.options.stopSignal);
    const force = setTimeout(() => sendSignal(-pid, 'SIGKILL'), this.options.stopGraceMs);
    await exited;
    clearTimeout(force);
  }

  private expectRunning(): Running {
    if (!this.running) throw new Error(`${this.name} is not running`);
    return this.running;
  }

  /** @returns what went wrong, or undefined when it answers */
  private async attempt(deadline: number): Promise<string | undefined> {
    const { child, exited } = await this.spawn();
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('it did not answer in time'), Math.max(deadline - Date.now(), 1_000));
    });
    const outcome = await Promise.race([
      this.options.ready(child, abort.signal).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
      exited.then(() => `it ended (${describeExit(child)})`),
      timeout,
    ]);
    clearTimeout(timer);
    abort.abort();
    if (outcome === undefined) this.expectExit = false;
    return outcome;
  }

  private async spawn(): Promise<Running> {
    const { command, args, env, cwd, uid, gid, ipc, logFile, stopSignal } = this.options;
    const log = openSync(logFile, 'a', 0o600);
    this.expectExit = true; // Until it has answered, whoever starts it learns of its end.
    // Detached, in a group of its own: Ctrl-C in a terminal reaches the stack alone, which then ends its parts in order.
    const child = spawn(command, args, {
      env,
      cwd,
      uid,
      gid,
      detached: true,
      stdio: ['ignore', log, log, ...(ipc ? (['ipc'] as const) : [])],
    });
    closeSync(log);
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`${this.name} cannot be started: ${error.message}`)));
    });
    const pid = child.pid!;
    const running = { child, pid, exited: exited.then(() => this.ended(child, pid)) };
    this.running = running;
    this.surroundings.guard.watch(pid, stopSignal);
    return running;
  }

  private ended(child: ChildProcess, pid: number): void {
    sendSignal(-pid, 'SIGKILL'); // What it left behind in its group.
    this.surroundings.guard.forget(pid);
    this.running = undefined;
    if (!this.expectExit)
      this.surroundings.onUnexpectedExit(`${this.name} ended unexpectedly (${describeExit(child)})`);
  }
}

/** What was written to the file since it had `from` bytes, at most the last 16 KB of it. */
function readEnd(file: string, from: number): string {
  const handle = openSync(file, 'r');
  try {
    const end = statSync(file).size;
    const start = Math.max(from, end - 16_384);
    const buffer = Buffer.alloc(Math.max(end - start, 0));
    return buffer.subarray(0, readSync(handle, buffer, 0, buffer.length, start)).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

function describeExit(child: ChildProcess): string {
  return child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`;
}

/** Waiting longer does not help. */
export class HopelessError extends Error {}

/**
 * Repeats `probe` until it returns true. Errors count as "not yet": a part that is starting refuses connections.
 * @throws HopelessError of the probe
 * @throws Error when the signal aborts
 */
export async function until(probe: () => Promise<boolean>, signal: AbortSignal, everyMs = 50): Promise<void> {
  while (!signal.aborted) {
    const answered = await probe().catch((error: unknown) => {
      if (error instanceof HopelessError) throw error;
      return false;
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error('it was no longer waited for');
}
