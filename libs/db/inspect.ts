import pg from 'pg';
import { pendingMigrations, productRoles } from './migrate.js';

export { pendingMigrations };

/** What an operator has to know of the application database, as the login role of its URL sees it. */
export interface DatabaseFacts {
  /** As PostgreSQL writes it, for example `18.4`. */
  version: string;
  majorVersion: number;
  superuser: boolean;
  /** Roles of the product that this login may not take. */
  rolesOutOfReach: string[];
  /** Tables with an account's rows on which row-level security is not on and forced. */
  openTables: string[];
  /** The database's clock, in milliseconds since 1970. */
  now: number;
}

/** @throws Error of the connection where the database cannot be reached within `timeoutMs` */
export async function inspectDatabase(databaseUrl: string, timeoutMs: number): Promise<DatabaseFacts> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: 'assent-doctor',
  });
  await client.connect();
  try {
    const { rows: about } = await client.query(`
      SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major,
             (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`);
    const { rows: roles } = await client.query(
      `SELECT wanted FROM unnest($1::text[]) AS wanted
       WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND pg_has_role(current_user, oid, 'SET'))`,
      [productRoles],
    );
    const { rows: tables } = await client.query(`
      SELECT c.relname AS name FROM pg_class AS c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND (c.relname IN ('accounts', 'operator_keys')
             OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'account_id'))
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1`);
    const { rows: clock } = await client.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    return {
      version: about[0].version.split(' ')[0],
      majorVersion: about[0].major,
      superuser: about[0].superuser,
      rolesOutOfReach: roles.map((row) => row.wanted),
      openTables: tables.map((row) => row.name),
      now: clock[0].now,
    };
  } finally {
    await client.end();
  }
}
