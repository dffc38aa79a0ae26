import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { loadSchemaEngine } from './schema-engine.js';

/** The roles that migrations create; a login role must be able to take each of them. */
export const productRoles = [
  'assent_app',
  'assent_sign_in',
  'assent_operator',
  'assent_outbox',
  'assent_delivery',
  'assent_retention',
  'assent_bounds',
  'assent_monitoring',
];

export interface MigrateOptions {
  /** As the owner of the database: it creates tables and roles. */
  databaseUrl: string;
  keyringDatabaseUrl: string;
  /** The login role that the product connects as, where that is not the owner itself. */
  serviceRole?: string;
  onProgress?: (line: string) => void;
}

/**
 * Brings both databases to the newest schema with Prisma's own engine (`_prisma_migrations` is written as by
 * `prisma migrate deploy`), and lets the login role take the product's roles. Running it again changes nothing.
 * @throws with the database's own message when a migration fails; it is recorded and the next run names it
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const root = await packageRoot();
  const application = await applyMigrations(options.databaseUrl, root, 'prisma');
  const keyring = await applyMigrations(options.keyringDatabaseUrl, root, 'prisma/keyring');
  await grantRoles(options.databaseUrl, options.serviceRole);
  if (options.serviceRole) await grantKeyring(options.keyringDatabaseUrl, options.serviceRole);
  const applied = [...application, ...keyring.map((name) => `keyring/${name}`)];
  for (const name of applied) options.onProgress?.(`applied migration ${name}`);
  return { applied };
}

/** Names of migrations that the package has and the database has not. */
export async function pendingMigrations(databaseUrl: string, folder: 'prisma' | 'prisma/keyring'): Promise<string[]> {
  const root = await packageRoot();
  const known = (await readMigrations(join(root, folder, 'migrations'))).map((migration) => migration.path);
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`);
    if (!rows[0].exists) return known;
    const applied = await client.query('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL');
    const names = new Set(applied.rows.map((row) => row.migration_name));
    return known.filter((name) => !names.has(name));
  });
}

/**
 * Prisma's adapter cuts a script at every semicolon, also inside function bodies and comments; PostgreSQL's simple query
 * protocol takes a script whole, and in one transaction.
 */
class WholeScriptAdapter extends PrismaPg {
  readonly #connections: { dispose(): Promise<void> }[] = [];

  /** The engine leaves its pools open, and their idle connections keep a process alive. */
  async dispose(): Promise<void> {
    await Promise.all(this.#connections.splice(0).map((connection) => connection.dispose()));
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const connection = await super.connect();
    this.#connections.push(connection);
    const { client, onError } = connection as unknown as { client: pg.Pool; onError: (error: unknown) => never };
    connection.executeScript = async (script: string) => {
      await client.query(script).catch((error) => onError.call(connection, error));
    };
    return connection;
  }
}

async function applyMigrations(databaseUrl: string, root: string, folder: string): Promise<string[]> {
  const schemaPath = join(root, folder, 'schema.prisma');
  const baseDir = join(root, folder, 'migrations');
  const engines = await loadSchemaEngine();
  const adapter = new WholeScriptAdapter({ connectionString: databaseUrl });
  const engine = await engines.new(
    { datamodels: [[schemaPath, await readFile(schemaPath, 'utf8')]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  const migrationsList = {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await readMigrations(baseDir),
  };
  try {
    const filters = { externalTables: [], externalEnums: [] };
    return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
  } finally {
    await adapter.dispose();
  }
}

async function readMigrations(baseDir: string) {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: await readFile(join(baseDir, path, 'migration.sql'), 'utf8') },
      },
    })),
  );
}

/** The owner too must be able to take the roles: from PostgreSQL 16 on, creating a role does not include that. */
async function grantRoles(databaseUrl: string, serviceRole: string | undefined): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(
      'SELECT current_user AS owner, usesuper FROM pg_user WHERE usename = current_user',
    );
    const members = new Set([rows[0].owner, serviceRole ?? rows[0].owner]);
    for (const member of members) {
      for (const role of productRoles) {
        const { rows: able } = await client.query("SELECT pg_has_role($1, $2, 'SET') AS already", [member, role]);
        if (able[0].already) continue;
        await grantRole(client, role, member);
      }
    }
    if (serviceRole) {
      // Start-up compares the applied migrations with the package's own.
      await client.query(`GRANT SELECT ON _prisma_migrations TO ${client.escapeIdentifier(serviceRole)}`);
    }
  });
}

/** @throws Error with the statement that a superuser has to run, where the owner may not grant the role */
async function grantRole(client: pg.Client, role: string, member: string): Promise<void> {
  const statement = `GRANT ${role} TO ${client.escapeIdentifier(member)} WITH INHERIT FALSE, SET TRUE`;
  try {
    await client.query(statement);
  } catch (error) {
    // Roles belong to the whole server: another installation's owner may have made them.
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new Error(`The role ${role} exists, and this login may not grant it. As a superuser run: ${statement}`);
  }
}

async function grantKeyring(keyringDatabaseUrl: string, serviceRole: string): Promise<void> {
  await withClient(keyringDatabaseUrl, async (client) => {
    const role = client.escapeIdentifier(serviceRole);
    await client.query(`GRANT SELECT, INSERT, DELETE ON account_keys, subject_keys TO ${role}`);
    // A key that is asked for again counts as new for the sweep of orphans; key material is never rewritten.
    await client.query(`GRANT UPDATE (created_at) ON subject_keys TO ${role}`);
    await client.query(`GRANT SELECT ON _prisma_migrations TO ${role}`);
  });
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The folder of package.json: above libs/db in the sources, above dist/libs/db when compiled. */
async function packageRoot(): Promise<string> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  for (const root of [join(here, '../..'), join(here, '../../..')]) {
    const entries = await readdir(root);
    if (entries.includes('package.json') && entries.includes('prisma')) return root;
  }
  throw new Error('prisma/ was not found beside the package');
}
