import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, in a form that only serves for comparison: with it a recycled pid is not taken for the process
 * that had it before. A zombie counts as ended: where the init process of a container does not reap, it stays in the
 * process table for ever and still answers signal 0.
 * @returns undefined when there is no such process
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
    // The name in parentheses may hold spaces; what follows it begins with field 3 (state). Field 22 is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  }
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = ps.stdout?.trim() ?? '';
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** Sends a signal; a process (or, with a negative number, a process group) that is already gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process and what is left of its group: the signal, then SIGKILL after `graceMs`.
 * @param start of `processStart`; a process with that pid and another start is left alone
 */
export async function endProcess(pid: number, start: string, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  const runs = () => processStart(pid) === start;
  if (!runs()) return;
  sendSignal(pid, signal);
  const deadline = Date.now() + graceMs;
  while (runs() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 25));
  // The group may outlive its leader: senders of the worker, for example.
  sendSignal(-pid, 'SIGKILL');
  while (runs()) await new Promise((resolve) => setTimeout(resolve, 10));
}
