import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuardedProcess } from './guard-main.js';
import { endProcess, processStart } from './process-identity.js';

interface LockContent {
  pid: number;
  start: string;
  /** What that stack started, its guard first. */
  processes: GuardedProcess[];
}

/** How long the guard of a stack that died is given to end the rest, before we do it. */
const GUARD_MS = 8_000;

/**
 * One stack for each data folder: `<dataDir>/stack.lock` names the process that holds it. A lock whose process is gone
 * counts for nothing, but what that process started must be gone too before the data is used again.
 */
export class StackLock {
  private constructor(
    private readonly file: string,
    private readonly content: LockContent,
  ) {}

  /** @throws Error naming the pid of the stack that uses this folder */
  static async acquire(dataDir: string, onProgress: (line: string) => void): Promise<StackLock> {
    const file = join(dataDir, 'stack.lock');
    const start = processStart(process.pid) ?? '';
    const lock = new StackLock(file, { pid: process.pid, start, processes: [] });
    for (;;) {
      if (lock.create()) return lock;
      const other = read(file);
      if (other === undefined) continue; // Released between the two steps.
      if (processStart(other.pid) === other.start) {
        throw new Error(`Another stack (process ${other.pid}) uses ${dataDir}. Stop it, or choose another DATA_DIR.`);
      }
      await endLeftovers(other.processes, onProgress);
      // Moving it away works for one starter only; the other one finds the winner's lock in the next round.
      const stale = `${file}.${process.pid}.stale`;
      try {
        renameSync(file, stale);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        continue;
      }
      const moved = read(stale);
      if (moved && processStart(moved.pid) === moved.start && moved.pid !== other.pid) renameSync(stale, file);
      else rmSync(stale, { force: true });
    }
  }

  /** Notes what has to be gone before another stack may take over. */
  record(processes: GuardedProcess[]): void {
    this.content.processes = processes;
    const next = `${this.file}.${process.pid}.next`;
    writeFileSync(next, JSON.stringify(this.content), { mode: 0o600 });
    renameSync(next, this.file);
  }

  release(): void {
    rmSync(this.file, { force: true });
  }

  private create(): boolean {
    try {
      writeFileSync(this.file, JSON.stringify(this.content), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}

function read(file: string): LockContent | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as LockContent;
  } catch {
    // Cut off when the machine went down: nobody can hold it any more.
    return { pid: 0, start: 'unreadable', processes: [] };
  }
}

async function endLeftovers(processes: GuardedProcess[], onProgress: (line: string) => void): Promise<void> {
  const alive = ({ pid, start }: GuardedProcess) => processStart(pid) === start;
  if (!processes.some(alive)) return;
  onProgress('waiting until the parts of a stack that died have ended');
  const [guard] = processes;
  const deadline = Date.now() + GUARD_MS;
  while (guard && alive(guard) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all(processes.map(({ pid, start, signal }) => endProcess(pid, start, signal, 5_000)));
}
