import { type Config, ConfigError, loadConfig } from '../../../libs/config/config.js';
import { type DatabaseFacts, inspectDatabase, pendingMigrations } from '../../../libs/db/inspect.js';
import { relayProblem } from '../../../libs/mail/inspect-relay.js';
import { inspectKeyring } from '../../../libs/privacy/inspect-keyring.js';
import { inspectTemporal } from '../../../libs/temporal/inspect.js';
import {
  accountIdAttribute,
  campaignIdAttribute,
  contactIdAttribute,
  statusAttribute,
} from '../../../workflows/search-attributes.contract.js';
import { taskQueue } from '../../../workflows/task-queue.contract.js';

/** One thing that was looked at. `warning`: it works, and somebody should know. */
export interface Finding {
  check: string;
  result: 'ok' | 'warning' | 'failed';
  /** What was found. */
  found: string;
  /** What to do about it. */
  todo?: string;
}

const limitMs = 5_000;
const oldestPostgres = 18;
/** Waits, leases and expiries compare the clocks of the database and of the processes, in milliseconds. */
const toleratedSkewMs = 1_000;
const sampledAccounts = 20;

const ok = (check: string, found: string): Finding => ({ check, result: 'ok', found });
const failed = (check: string, found: string, todo: string): Finding => ({ check, result: 'failed', found, todo });
const warning = (check: string, found: string, todo: string): Finding => ({ check, result: 'warning', found, todo });

/** Looks at every part that the environment names. What cannot be looked at because another part is missing is left out. */
export async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => failed('environment', problem, 'Set it as README.md describes'));
  }
  const parts = await Promise.all([
    examineDatabase(config),
    examineKeyring(config),
    examineTemporal(config),
    examineRelay(config),
  ]);
  return [ok('environment', 'complete'), ...parts.flat(), examinePublicUrl(config)];
}

async function examineDatabase({ databaseUrl }: Config): Promise<Finding[]> {
  const check = 'application database';
  let facts: DatabaseFacts;
  const askedAt = Date.now();
  try {
    facts = await inspectDatabase(databaseUrl, limitMs);
  } catch (error) {
    return [failed(check, codeOf(error), 'Check DATABASE_URL, and that the server runs and lets this login in')];
  }
  const answeredAt = Date.now();
  const migrate = 'Run `npm run assent -- db migrate --service-role ROLE` as the owner of the databases';
  const pending = await pendingMigrations(databaseUrl, 'prisma').catch(codeOf);
  const findings = [
    facts.majorVersion >= oldestPostgres
      ? ok(check, `PostgreSQL ${facts.version}`)
      : failed(check, `PostgreSQL ${facts.version}`, `PostgreSQL ${oldestPostgres} is needed`),
    typeof pending === 'string'
      ? failed('migrations', pending, `Let this login read _prisma_migrations: ${migrate}`)
      : migrationsFinding('migrations', pending, migrate),
    facts.rolesOutOfReach.length === 0
      ? ok('database roles', 'this login may take every role of the product')
      : failed('database roles', `out of reach: ${facts.rolesOutOfReach.join(', ')}`, migrate),
    facts.superuser
      ? warning('login role', 'is a superuser', 'Connect as a role that owns nothing (README.md, Roles)')
      : ok('login role', 'is no superuser'),
  ];
  // Before the migrations there are no tables to look at.
  if (pending.length === 0) findings.push(rowSecurityFinding(facts.openTables));
  return [...findings, clockFinding(facts.now, askedAt, answeredAt)];
}

function rowSecurityFinding(openTables: string[]): Finding {
  return openTables.length === 0
    ? ok('row-level security', 'on and forced on every table of accounts')
    : failed('row-level security', `not forced on ${openTables.join(', ')}`, 'Turn it on again: ENABLE and FORCE');
}

function clockFinding(databaseNow: number, askedAt: number, answeredAt: number): Finding {
  const skewMs = Math.round(Math.max(askedAt - databaseNow, databaseNow - answeredAt, 0));
  return skewMs <= toleratedSkewMs
    ? ok('clocks', 'this machine and the database agree')
    : failed('clocks', `${skewMs} ms apart from the database`, 'Synchronise both machines (NTP)');
}

async function examineKeyring({ keyringDatabaseUrl, keyEncryptionKey }: Config): Promise<Finding[]> {
  const todo = 'Check KEYRING_DATABASE_URL, and run `npm run assent -- db migrate`';
  const pending = await pendingMigrations(keyringDatabaseUrl, 'prisma/keyring').catch(codeOf);
  if (typeof pending === 'string') return [failed('keyring', pending, todo)];
  const migrations = migrationsFinding('keyring', pending, todo);
  if (pending.length > 0) return [migrations];
  try {
    const limits = { sample: sampledAccounts, timeoutMs: limitMs };
    const { tried, opened } = await inspectKeyring(keyringDatabaseUrl, keyEncryptionKey, limits);
    const key =
      opened === tried
        ? ok('key-encryption key', tried === 0 ? 'there is no account yet' : `opens the keys of ${tried} accounts`)
        : failed(
            'key-encryption key',
            `opens ${opened} of ${tried} account keys`,
            'KEY_ENCRYPTION_KEY is another one than those keys were made with: put that one back',
          );
    return [migrations, key];
  } catch (error) {
    return [migrations, failed('key-encryption key', codeOf(error), todo)];
  }
}

async function examineTemporal(config: Config): Promise<Finding[]> {
  const { address, namespace } = config.temporal;
  const keys = [accountIdAttribute, contactIdAttribute, campaignIdAttribute, statusAttribute];
  const attributes = keys.map(({ name }) => name);
  const facts = await inspectTemporal(config, { taskQueue, attributes, timeoutMs: limitMs });
  if (!facts.reachable) return [failed('Temporal', `${address} does not answer`, 'Check TEMPORAL_ADDRESS')];
  const server = ok('Temporal', `server ${facts.serverVersion}`);
  if (!facts.namespace) {
    const create = `Create it: temporal operator namespace create -n ${namespace}`;
    return [server, failed('namespace', `${namespace} does not exist`, create)];
  }
  const { missingAttributes, pollers } = facts;
  const polled = pollers.workflows > 0 && pollers.activities > 0;
  return [
    server,
    ok('namespace', namespace),
    missingAttributes.length === 0
      ? ok('search attributes', 'registered')
      : failed('search attributes', `missing: ${missingAttributes.join(', ')}`, 'Start a worker: it registers them'),
    polled
      ? ok('workers', `poll the task queue ${taskQueue}`)
      : failed('workers', `nobody polls the task queue ${taskQueue}`, 'Start a worker: node dist/apps/worker/main.js'),
  ];
}

async function examineRelay({ delivery: { relayUrl } }: Config): Promise<Finding[]> {
  if (relayUrl === undefined) return [];
  const problem = await relayProblem(relayUrl, limitMs);
  return problem === undefined
    ? [ok('mail relay', 'answers EHLO')]
    : [failed('mail relay', problem, 'Check SMTP_RELAY_URL, its credentials and the network')];
}

function examinePublicUrl({ publicUrl }: Config): Finding {
  const { protocol, hostname, host } = new URL(publicUrl);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  if (protocol === 'https:' || local) return ok('PUBLIC_URL', `${protocol}//${host}`);
  return warning('PUBLIC_URL', 'links in mail are not https', 'Put a proxy with TLS in front of the API');
}

function migrationsFinding(check: string, pending: string[], todo: string): Finding {
  return pending.length === 0 ? ok(check, 'all applied') : failed(check, `not applied: ${pending.join(', ')}`, todo);
}

/** Codes of the system and of PostgreSQL are told; messages may repeat parts of the URL. */
function codeOf(error: unknown): string {
  const { code, name, errors } = error as { code?: string; name?: string; errors?: Array<{ code?: string }> };
  return code ?? errors?.[0]?.code ?? name ?? 'Error';
}
