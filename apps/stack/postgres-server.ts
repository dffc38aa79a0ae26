import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseState, provision } from '../../libs/db/provision.js';
import { ChildService, type ChildSurroundings, HopelessError, type Service, until } from './child-service.js';
import { serverAccount } from './postgres-account.js';
import { type PostgresFiles, preparePostgresFiles } from './postgres-files.js';
import type { Secrets } from './secrets.js';

export type DatabaseName = 'assent' | 'assent_keyring';

export interface PostgresOptions extends ChildSurroundings {
  dataDir: string;
  port: number;
  secrets: Secrets;
  logFile: string;
  onProgress: (line: string) => void;
}

/** The login role of the API and the worker: neither superuser nor above row-level security. */
export const serviceRole = 'assent_service';

const MAJOR = '18';
const SUPERUSER = 'postgres';

const settings = {
  listen_addresses: '127.0.0.1',
  // TCP only: a socket file in /tmp would be one more thing to clean up, and its name could collide.
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The detail of a violated constraint repeats values; they may be personal and stay out of the log.
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};

/** One real PostgreSQL server on 127.0.0.1 with both databases. Its data survives a restart and a `kill -9`. */
export class PostgresServer {
  private constructor(
    readonly service: Service,
    private readonly port: number,
    private readonly passwords: { superuser: string; service: string },
  ) {}

  /** Creates the cluster the first time; starts nothing yet. */
  static async prepare(options: PostgresOptions): Promise<PostgresServer> {
    const { secrets, port, onProgress } = options;
    const account = serverAccount(onProgress);
    const files = preparePostgresFiles(options.dataDir, account, onProgress);
    const passwords = {
      superuser: secrets.password('postgres-superuser'),
      service: secrets.password('postgres-service'),
    };
    const data = join(files.home, 'data');
    const env = { LANG: 'C', LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
    if (!existsSync(data)) await initialise(files, passwords.superuser, { env, ...account });
    const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    if (version !== MAJOR) {
      throw new Error(
        `${data} was made by PostgreSQL ${version}, and this is ${MAJOR}. Dump it there and restore it here.`,
      );
    }
    const service = new ChildService(
      {
        name: 'PostgreSQL',
        command: files.postgres,
        args: [
          '-D',
          data,
          '-p',
          String(port),
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        env,
        cwd: files.home,
        ...account,
        logFile: options.logFile,
        stopSignal: 'SIGINT', // Fast shutdown: ends sessions, writes a checkpoint.
        stopGraceMs: 8_000,
        readyWithinMs: 60_000,
        ready: (_child, signal) => until(() => answers(url(SUPERUSER, passwords.superuser, port, 'postgres')), signal),
        // After a kill -9 its last sessions need a moment to notice, and hold the shared memory until then.
        retry: (lines) => /shared memory block|lock file "postmaster\.pid"/.test(lines),
      },
      options,
    );
    return new PostgresServer(service, port, passwords);
  }

  /** Creates what is missing of the databases and the login role. Needs the running server. */
  async createDatabases(names: DatabaseName[]): Promise<void> {
    await provision({
      superuserUrl: this.ownerUrl('postgres'),
      databases: names,
      serviceRole: { name: serviceRole, password: this.passwords.service },
    });
  }

  /** For migrations. */
  ownerUrl(database: DatabaseName | 'postgres'): string {
    return url(SUPERUSER, this.passwords.superuser, this.port, database);
  }

  /** For the API and the worker. */
  serviceUrl(database: DatabaseName): string {
    return url(serviceRole, this.passwords.service, this.port, database);
  }
}

/** Made under another name and then renamed: a crash in between leaves no half cluster that looks complete. */
async function initialise(
  files: PostgresFiles,
  password: string,
  how: { env: Record<string, string>; uid?: number; gid?: number },
): Promise<void> {
  const draft = join(files.home, 'data.draft');
  const passwordFile = join(files.home, 'password.draft');
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (how.uid !== undefined && how.gid !== undefined) chownSync(passwordFile, how.uid, how.gid);
  try {
    // The built-in locale sorts and folds the same way on every machine, whatever its C library is.
    const args = ['-D', draft, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    args.push('--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8');
    const child = spawn(files.initdb, args, { ...how, cwd: files.home, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`initdb failed (exit code ${code}):\n${output.trim()}`);
    renameSync(draft, join(files.home, 'data'));
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function url(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

async function answers(databaseUrl: string): Promise<boolean> {
  const state = await databaseState(databaseUrl);
  if (state === 'refused') {
    throw new HopelessError('its data was made with another password than the one in the secrets folder');
  }
  return state === 'ready';
}
