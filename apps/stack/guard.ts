import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { GuardedProcess, GuardMessage } from './guard-main.js';
import { entryPoint } from './package-root.js';
import { processStart } from './process-identity.js';

/**
 * Sees to it that nothing outlives the stack, not even after `kill -9`: a detached process (guard-main.ts) knows every
 * pid that the stack started and ends them when its channel to the stack closes.
 */
export class Guard {
  private readonly watched = new Map<number, GuardedProcess>();
  private child: ChildProcess;
  private releasing = false;

  /** @param onChange called with the pids that must be gone before another stack may use the same data */
  constructor(private readonly onChange: (processes: GuardedProcess[]) => void = () => undefined) {
    this.child = this.spawn();
  }

  /** @param signal the one that ends this process in an orderly way */
  watch(pid: number, signal: NodeJS.Signals): void {
    const start = processStart(pid);
    if (start === undefined) return; // It has ended already; its exit is reported to whoever started it.
    this.watched.set(pid, { pid, start, signal });
    this.send({ watch: { pid, start, signal } });
    this.changed();
  }

  forget(pid: number): void {
    this.watched.delete(pid);
    this.send({ forget: pid });
    this.changed();
  }

  /** Ends the guard. What it still watches, it ends first. */
  async release(): Promise<void> {
    this.releasing = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.ref();
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await exited;
  }

  private spawn(): ChildProcess {
    const child = spawn(process.execPath, [entryPoint('apps/stack/guard-main.js')], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('error', () => undefined); // Followed by `exit`, or the channel is closed: both are handled below.
    child.once('exit', () => {
      if (this.releasing) return;
      // Someone ended the guard. The stack does without protection for no longer than it takes to start another one.
      this.child = this.spawn();
      for (const process of this.watched.values()) this.send({ watch: process });
      this.changed();
    });
    // Neither the process nor the channel keeps the stack's own process alive.
    child.unref();
    (child.channel as { unref(): void } | null | undefined)?.unref();
    return child;
  }

  private send(message: GuardMessage): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private changed(): void {
    const guard = this.child.pid;
    const start = guard === undefined ? undefined : processStart(guard);
    const own: GuardedProcess[] =
      guard !== undefined && start !== undefined ? [{ pid: guard, start, signal: 'SIGKILL' }] : [];
    this.onChange([...own, ...this.watched.values()]);
  }
}
