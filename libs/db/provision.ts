import pg from 'pg';

/**
 * Whether a PostgreSQL server takes a session: `starting` while it refuses connections or is not ready for them,
 * `refused` when it does not know this password, which waiting does not change.
 */
export async function databaseState(databaseUrl: string): Promise<'ready' | 'starting' | 'refused'> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined); // A server that goes down again while it starts: the caller asks once more.
  try {
    await client.connect();
  } catch (error) {
    const invalidPassword = '28P01';
    return (error as { code?: string }).code === invalidPassword ? 'refused' : 'starting';
  }
  await client.end();
  return 'ready';
}

export interface ProvisionOptions {
  /** As a superuser, to any database of the server. */
  superuserUrl: string;
  databases: readonly string[];
  /** What the API and the worker sign in as: neither superuser nor above row-level security. */
  serviceRole: { name: string; password: string };
}

/** Creates what is missing of the databases and the login role, and sets its password. The tables are for `migrate`. */
export async function provision({ superuserUrl, databases, serviceRole }: ProvisionOptions): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [serviceRole.name]);
    await client.query(
      `${role.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${client.escapeIdentifier(serviceRole.name)}
         LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(serviceRole.password)}`,
    );
    for (const name of databases) {
      const existing = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (existing.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}
