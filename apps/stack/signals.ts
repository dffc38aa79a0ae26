import { readFileSync } from 'node:fs';

/**
 * Calls `stop` once when this process is asked to end: Ctrl-C, SIGTERM, a closed terminal, or the end of the shell that
 * npm put in front of it (npm passes SIGTERM to that shell, which dies of it and tells nobody).
 */
export function onEndRequested(stop: (reason: string) => void): void {
  let asked = false;
  const once = (reason: string) => {
    if (asked) return;
    asked = true;
    stop(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => once(signal));
  const shell = process.ppid;
  if (!waitsForUs(shell)) return;
  setInterval(() => {
    if (process.ppid !== shell) once('npm ended');
  }, 250).unref();
}

/** Whether the parent is a shell whose command names this very script. Elsewhere, being left by the parent is no end. */
function waitsForUs(parent: number): boolean {
  const script = process.argv[1];
  if (process.platform !== 'linux' || script === undefined) return false;
  try {
    const [shell, flag, command] = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0');
    const named = command?.split(' ').at(-1) ?? '';
    return /(^|\/)(sh|bash|dash)$/.test(shell ?? '') && flag === '-c' && named !== '' && script.endsWith(named);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // It ended in this moment.
    throw error;
  }
}
