import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { insertSamples, type RunSql, readCatalog } from '../support/catalog.js';
import { runningStack } from '../support/stack.js';

const { DATABASE_URL: databaseUrl } = runningStack().env as { DATABASE_URL: string };
const catalog = await readCatalog(databaseUrl);
const ofAccounts = catalog.filter(({ columns }) => columns.some(({ name }) => name === 'account_id'));

interface Rights {
  select?: string[];
  insert?: string[];
  update?: string[];
  delete?: true;
}

const columnsOf = (table: string) => catalog.find(({ name }) => name === table)!.columns.map(({ name }) => name);
const every = (table: string) => ({ select: columnsOf(table), insert: columnsOf(table) });

/** What each role of the system may do, by table and column. What does not stand here is denied. */
const granted: Record<string, Record<string, Rights>> = {
  assent_sign_in: {
    api_keys: {
      select: ['id', 'account_id', 'secret_hash', 'role', 'scopes', 'mode', 'revoked_at', 'last_used_at'],
      update: ['last_used_at'],
    },
    operator_keys: { select: ['id', 'secret_hash', 'revoked_at'] },
  },
  assent_operator: {
    accounts: every('accounts'),
    operator_keys: { ...every('operator_keys'), update: ['revoked_at'] },
  },
  assent_outbox: {
    outbox: {
      select: columnsOf('outbox'),
      update: ['attempts', 'available_at', 'relayed_at', 'failure'],
      delete: true,
    },
    executions: { ...every('executions'), update: ['deleted_at'] },
  },
  assent_delivery: {
    deliveries: {
      select: [
        'id',
        'account_id',
        'lane',
        'kind',
        'campaign_id',
        'state',
        'not_before',
        'attempts',
        'lease_owner',
        'lease_epoch',
        'lease_expires_at',
        'sending_at',
      ],
      update: ['state', 'lease_owner', 'lease_epoch', 'lease_expires_at', 'settled_at'],
    },
    campaigns: { select: ['id', 'account_id', 'state'] },
  },
  assent_retention: {
    outbox: { select: ['id', 'relayed_at'], delete: true },
    idempotency_keys: { select: ['created_at'], delete: true },
    sign_ups: { select: ['id', 'status', 'decided_at'], delete: true },
    mail_bounds: { select: ['day'], delete: true },
    rate_bounds: { select: ['window_start'], delete: true },
  },
  assent_monitoring: {
    outbox: { select: ['created_at', 'relayed_at'] },
    deliveries: { select: ['state'] },
    erasures: { select: ['requested_at', 'finished_at'] },
  },
  assent_bounds: { rate_bounds: { ...every('rate_bounds'), update: ['requests'] } },
};
const roles = Object.keys(granted);

const client = new pg.Client({ connectionString: databaseUrl });
const run: RunSql = async (sql, values) => (await client.query(sql, values)).rows;
const accounts = [randomUUID(), randomUUID()];

async function become(role: string, accountId = ''): Promise<void> {
  await client.query(`SELECT set_config('role', $1, true), set_config('app.account_id', $2, true)`, [role, accountId]);
}

/** The count of rows of a statement that is taken back afterwards, or the code of its refusal. */
async function attempt(sql: string, values: unknown[] = []): Promise<number | string> {
  await client.query('SAVEPOINT attempt');
  try {
    return (await client.query(sql, values)).rowCount ?? 0;
  } catch (error) {
    return (error as pg.DatabaseError).code === '42501' ? 'denied' : (error as Error).message;
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT attempt');
  }
}

// One transaction that is never committed, with a row of two accounts in each table.
beforeAll(async () => {
  await client.connect();
  await client.query('BEGIN');
  for (const accountId of accounts) {
    await become('assent_operator');
    await run('INSERT INTO accounts (id, name) VALUES ($1, $2)', [accountId, 'Sample']);
    await become('assent_app', accountId);
    await insertSamples(run, ofAccounts, { account_id: accountId }, new Map([['accounts', { id: accountId }]]));
  }
});

afterAll(async () => {
  await client.query('ROLLBACK');
  await client.end();
});

describe.each(roles)('%s', (role) => {
  const rights = granted[role]!;

  test('has exactly the rights that are written down here, column by column', async () => {
    const rows = await run(
      `SELECT t.relname AS "table", a.attname AS "column",
              has_column_privilege($1, t.oid, a.attnum, 'SELECT') AS "select",
              has_column_privilege($1, t.oid, a.attnum, 'INSERT') AS "insert",
              has_column_privilege($1, t.oid, a.attnum, 'UPDATE') AS "update",
              has_column_privilege($1, t.oid, a.attnum, 'REFERENCES') AS "references",
              has_table_privilege($1, t.oid, 'DELETE') AS "delete",
              has_table_privilege($1, t.oid, 'TRUNCATE, TRIGGER') AS other
       FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')`,
      [role],
    );
    const wrong = rows.filter(({ table, column, select, insert, update, references, other, ...row }) => {
      const right = rights[table as string] ?? {};
      return (
        select !== Boolean(right.select?.includes(column as string)) ||
        insert !== Boolean(right.insert?.includes(column as string)) ||
        update !== Boolean(right.update?.includes(column as string)) ||
        row.delete !== Boolean(right.delete) ||
        references ||
        other
      );
    });
    expect(wrong).toEqual([]);
  });

  test.each(catalog.map(({ name }) => name))('on %s is denied whatever is not granted', async (table) => {
    await become(role);
    const right = rights[table] ?? {};
    const [first] = columnsOf(table);
    const hidden = columnsOf(table).find((column) => !right.select?.includes(column));
    const fixed = columnsOf(table).find((column) => !right.update?.includes(column))!;
    if (hidden) expect(await attempt(`SELECT "${hidden}" FROM "${table}"`)).toBe('denied');
    if (!right.insert) expect(await attempt(`INSERT INTO "${table}" DEFAULT VALUES`)).toBe('denied');
    expect(await attempt(`UPDATE "${table}" SET "${fixed}" = NULL`)).toBe('denied');
    if (!right.delete) expect(await attempt(`DELETE FROM "${table}"`)).toBe('denied');
    expect(await attempt(`TRUNCATE "${table}" CASCADE`)).toBe('denied');
    if (!right.update && !right.delete) {
      expect(await attempt(`SELECT "${first}" FROM "${table}" FOR UPDATE`)).toBe('denied');
    }
  });

  test('reads and writes what it is granted, over all accounts', async () => {
    await become(role);
    for (const [table, right] of Object.entries(rights)) {
      if (right.select?.includes('account_id')) {
        const columns = right.select.map((column) => `"${column}"`).join(', ');
        expect(await attempt(`SELECT ${columns} FROM "${table}" WHERE account_id = ANY($1)`, [accounts])).toBe(2);
      }
      if (right.update && right.select?.includes('account_id')) {
        const changes = right.update.map((column) => `"${column}" = DEFAULT`).join(', ');
        expect(await attempt(`UPDATE "${table}" SET ${changes} WHERE account_id = ANY($1)`, [accounts])).toBe(2);
      }
    }
  });
});

test('the relay deletes what it relayed and notes executions', async () => {
  await become('assent_outbox');
  expect(await attempt('DELETE FROM outbox WHERE account_id = ANY($1)', [accounts])).toBe(2);
  const insert = 'INSERT INTO executions (workflow_id, account_id, workflow_type) VALUES ($1, $2, $3)';
  expect(await attempt(insert, [randomUUID(), accounts[0], 'optIn'])).toBe(1);
});

test('an operator creates accounts and sees nothing inside of one, even by naming it', async () => {
  await become('assent_operator', accounts[0]);
  expect(await attempt('INSERT INTO accounts (name) VALUES ($1)', ['New'])).toBe(1);
  expect(await attempt('SELECT id, name FROM accounts WHERE id = ANY($1)', [accounts])).toBe(2);
  for (const { name } of ofAccounts) expect(await attempt(`SELECT account_id FROM "${name}"`)).toBe('denied');
});

test('an operator’s key is revoked by operators and found at sign-in, with nothing but what sign-in needs', async () => {
  await become('assent_operator');
  const [key] = await run('INSERT INTO operator_keys (name, secret_hash) VALUES ($1, $2) RETURNING id', [
    'Night shift',
    randomBytes(32),
  ]);
  expect(await attempt('UPDATE operator_keys SET revoked_at = now() WHERE id = $1', [key!.id])).toBe(1);
  expect(await attempt('DELETE FROM operator_keys WHERE id = $1', [key!.id])).toBe('denied');
  await become('assent_sign_in');
  expect(await attempt('SELECT id, revoked_at FROM operator_keys WHERE id = $1', [key!.id])).toBe(1);
});

test('retention deletes what was relayed or decided, and cannot touch what waits', async () => {
  const rows = async (table: string, where: string) =>
    Number((await run(`SELECT FROM ${table} WHERE ${where}`, [])).length);
  const all = `account_id IN ('${accounts.join("','")}')`;
  await client.query('SAVEPOINT retention');
  await become('assent_retention');
  await run('DELETE FROM outbox', []);
  await run('DELETE FROM sign_ups', []);
  await become('assent_outbox');
  expect(await rows('outbox', all)).toBe(2);
  await run(`UPDATE outbox SET relayed_at = now() WHERE account_id = $1`, [accounts[0]]);
  await become('assent_app', accounts[0]);
  expect(await rows('sign_ups', all)).toBe(1);
  await run(`UPDATE sign_ups SET status = 'decided'`, []);
  await become('assent_retention');
  await run('DELETE FROM outbox', []);
  await run('DELETE FROM sign_ups', []);
  await become('assent_outbox');
  expect(await rows('outbox', all)).toBe(1);
  await become('assent_app', accounts[0]);
  expect(await rows('sign_ups', all)).toBe(0);
  await become('assent_app', accounts[1]);
  expect(await rows('sign_ups', all)).toBe(1);
  await client.query('ROLLBACK TO SAVEPOINT retention');
});

test('no role of the product may sign in, is above row-level security, or is part of another', async () => {
  const rows = await run(
    `SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
            EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS member
     FROM pg_roles WHERE rolname LIKE 'assent\\_%' AND rolname <> session_user ORDER BY rolname`,
    [],
  );
  expect(rows.map(({ rolname }) => rolname)).toEqual(['assent_app', ...roles].sort());
  for (const { rolname, ...flags } of rows) expect(Object.values(flags)).not.toContain(true);
});

describe('the role that the product signs in as', () => {
  beforeEach(() => become('none'));

  test.each(catalog.map(({ name }) => name))('may do nothing to %s before it takes a role', async (table) => {
    const [column] = columnsOf(table);
    expect(await attempt(`SELECT FROM "${table}"`)).toBe('denied');
    expect(await attempt(`SELECT "${column}" FROM "${table}"`)).toBe('denied');
    expect(await attempt(`INSERT INTO "${table}" DEFAULT VALUES`)).toBe('denied');
    expect(await attempt(`UPDATE "${table}" SET "${column}" = NULL`)).toBe('denied');
    expect(await attempt(`DELETE FROM "${table}"`)).toBe('denied');
    expect(await attempt(`TRUNCATE "${table}" CASCADE`)).toBe('denied');
    expect(await attempt(`ALTER TABLE "${table}" NO FORCE ROW LEVEL SECURITY`)).toBe('denied');
    expect(await attempt(`CREATE POLICY all_of_it ON "${table}" USING (true)`)).toBe('denied');
  });

  test('reads which migrations were applied, and writes none', async () => {
    expect(await attempt('SELECT migration_name FROM _prisma_migrations')).toBeGreaterThan(0);
    expect(await attempt('DELETE FROM _prisma_migrations')).toBe('denied');
  });

  test('makes no tables in the schema of the product', async () => {
    expect(await attempt('CREATE TABLE public.notes (text text)')).toBe('denied');
  });

  test('takes the roles of the product and no other', async () => {
    for (const role of ['assent_app', ...roles]) expect(await attempt(`SET LOCAL ROLE ${role}`)).toBe(0);
    expect(await attempt('SET LOCAL ROLE postgres')).toBe('denied');
    expect(await attempt('SET LOCAL ROLE pg_read_all_data')).toBe('denied');
  });
});
