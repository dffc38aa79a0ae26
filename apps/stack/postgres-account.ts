import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The operating-system user that the database server runs as. */
export interface Account {
  uid: number;
  gid: number;
}

const NAME = 'postgres';

/**
 * PostgreSQL refuses to run as root. Where we are root, the server gets a system user, which is created when it is
 * missing; everyone else runs it as themselves.
 * @returns undefined when we are not root
 * @throws Error when the user cannot be created
 */
export function serverAccount(onProgress: (line: string) => void): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = lookUp();
  if (existing) return existing;
  onProgress(`creating the system user ${NAME}: PostgreSQL does not run as root`);
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME];
  const created = spawnSync('useradd', args, { encoding: 'utf8' });
  const account = lookUp();
  if (!account) {
    throw new Error(`The system user ${NAME} cannot be created: ${created.error?.message ?? created.stderr.trim()}`);
  }
  return account;
}

function lookUp(): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${NAME}:`));
  const fields = line?.split(':');
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : undefined;
}

/**
 * The folders on the way to `path` (itself included) that this user may not pass through, outermost first. Folders
 * that do not exist yet are left out: whoever creates them decides.
 */
export function barriers(path: string, account: Account): string[] {
  const found: string[] = [];
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) found.unshift(folder);
    }
    if (folder === dirname(folder)) return found;
  }
}
