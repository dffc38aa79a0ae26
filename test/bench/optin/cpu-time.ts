import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux on every machine that this runs on (sysconf(_SC_CLK_TCK)). */
const msPerTick = 10;

interface Usage {
  parent: number;
  ms: number;
}

function usageOf(pid: number): Usage | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const [user, system, endedUser, endedSystem] = [11, 12, 13, 14].map((index) => Number(fields[index]));
    return { parent: Number(fields[1]), ms: (user! + system! + endedUser! + endedSystem!) * msPerTick };
  } catch (error) {
    // It has ended since the folder was listed.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Processor time that a process and its children have used so far, in milliseconds. */
export function cpuMs(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => usageOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
  return children.reduce((sum, { ms }) => sum + ms, usageOf(pid)?.ms ?? 0);
}
