import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Database } from '../../libs/db/database.js';
import { type CatalogTable, insertSamples, type RunSql, readCatalog, sampleInsert } from '../support/catalog.js';
import { runningStack } from '../support/stack.js';

const { DATABASE_URL: databaseUrl } = runningStack().env as { DATABASE_URL: string };
const catalog = await readCatalog(databaseUrl);
const ofAccounts = catalog.filter(({ columns }) => columns.some(({ name }) => name === 'account_id'));

/** May be inserted and read, never changed; of these, an erasure may delete what the first line names. */
const appendOnly = ['consent_events', 'form_versions', 'template_versions', 'tombstones', 'tombstone_fingerprints'];
const undeletable = ['form_versions', 'template_versions', 'tombstones', 'tombstone_fingerprints'];

// Everything happens in one transaction that is never committed: no lane and no relay of the shared stack sees the rows.
const client = new pg.Client({ connectionString: databaseUrl });
const [mine, theirs] = [randomUUID(), randomUUID()];
let myRows: Map<string, Record<string, unknown>>;
let theirRows: Map<string, Record<string, unknown>>;

const run: RunSql = async (sql, values) => (await client.query(sql, values)).rows;

async function become(role: string, accountId = ''): Promise<void> {
  await client.query(`SELECT set_config('role', $1, true), set_config('app.account_id', $2, true)`, [role, accountId]);
}

/** What becomes of a statement that is taken back afterwards: the count of its rows, or why it was refused. */
async function attempt(sql: string, values: unknown[] = []): Promise<number | string> {
  await client.query('SAVEPOINT attempt');
  try {
    return (await client.query(sql, values)).rowCount ?? 0;
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    if (code !== '42501') return `${code}: ${message}`;
    return message.includes('row-level security') ? 'row-level security' : 'permission denied';
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT attempt');
  }
}

beforeAll(async () => {
  await client.connect();
  await client.query('BEGIN');
  const rowsOf = async (accountId: string) => {
    await become('assent_operator');
    await run('INSERT INTO accounts (id, name) VALUES ($1, $2)', [accountId, 'Sample']);
    await become('assent_app', accountId);
    const parents = new Map([['accounts', { id: accountId }]]);
    return insertSamples(run, ofAccounts, { account_id: accountId }, parents);
  };
  myRows = await rowsOf(mine);
  theirRows = await rowsOf(theirs);
});

afterAll(async () => {
  await client.query('ROLLBACK');
  await client.end();
});

test('every table of an account is under forced row-level security, and only counts of nobody are not', () => {
  expect(ofAccounts.length).toBeGreaterThan(20);
  const open = catalog.filter(({ rowSecurity, forced }) => !(rowSecurity && forced)).map(({ name }) => name);
  expect(open).toEqual(['mail_bounds', 'rate_bounds']);
});

test('the policy of an account stands on each of its tables, for reading and writing', async () => {
  const policies = await run(
    `SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE 'assent_app' = ANY(roles)`,
    [],
  );
  const expected = [...ofAccounts, { name: 'accounts' }].map(({ name }) => name).sort();
  expect(policies.map(({ tablename }) => tablename).sort()).toEqual(expected);
  for (const { cmd, qual, with_check } of policies) {
    expect(cmd).toBe('ALL');
    expect(qual).toContain('app.account_id');
    expect(with_check).toBe(qual);
  }
});

describe.each(ofAccounts.map((table) => [table.name, table] as const))('%s', (name, table: CatalogTable) => {
  const own = () => myRows.get(name)!;

  test('show an account its own rows and none of another', async () => {
    await become('assent_app', mine);
    const rows = await run(`SELECT account_id FROM "${name}"`, []);
    expect(rows).toEqual([{ account_id: mine }]);
    expect(await attempt(`SELECT FROM "${name}" WHERE account_id = $1`, [theirs])).toBe(0);
  });

  test('take no row for another account', async () => {
    await become('assent_app', mine);
    const { sql, values } = sampleInsert(table, { account_id: theirs }, theirRows);
    expect(await attempt(sql, values)).toBe('row-level security');
  });

  test('let nobody change a row of another account, or hand one over to it', async () => {
    await become('assent_app', mine);
    const fixed = appendOnly.includes(name) ? 'permission denied' : undefined;
    expect(await attempt(`UPDATE "${name}" SET account_id = account_id WHERE account_id = $1`, [theirs])).toBe(
      fixed ?? 0,
    );
    expect(await attempt(`UPDATE "${name}" SET account_id = account_id`)).toBe(fixed ?? 1);
    expect(await attempt(`UPDATE "${name}" SET account_id = $1`, [theirs])).toBe(fixed ?? 'row-level security');
    expect(own().account_id).toBe(mine);
  });

  test('let nobody delete a row of another account', async () => {
    await become('assent_app', mine);
    const fixed = undeletable.includes(name) ? 'permission denied' : undefined;
    expect(await attempt(`DELETE FROM "${name}" WHERE account_id = $1`, [theirs])).toBe(fixed ?? 0);
    expect(await attempt(`TRUNCATE "${name}"`)).toBe('permission denied');
    await become('assent_app', theirs);
    expect(await attempt(`SELECT FROM "${name}"`)).toBe(1);
  });

  test('show and take nothing where no account was named', async () => {
    for (const unnamed of ['', randomUUID()]) {
      await become('assent_app', unnamed);
      expect(await attempt(`SELECT FROM "${name}"`)).toBe(0);
      const { sql, values } = sampleInsert(table, { account_id: theirs }, theirRows);
      expect(await attempt(sql, values)).toBe('row-level security');
    }
  });
});

test('an account sees itself, and neither creates nor deletes an account', async () => {
  await become('assent_app', mine);
  expect(await run('SELECT id FROM accounts', [])).toEqual([{ id: mine }]);
  expect(await attempt('UPDATE accounts SET name = $1 WHERE id = $2', ['Taken', theirs])).toBe(0);
  expect(await attempt('UPDATE accounts SET id = $1', [theirs])).toBe('row-level security');
  expect(await attempt('INSERT INTO accounts (name) VALUES ($1)', ['Another'])).toBe('permission denied');
  expect(await attempt('DELETE FROM accounts')).toBe('permission denied');
});

test('an account knows nothing of operator’s keys', async () => {
  await become('assent_app', mine);
  expect(await attempt('SELECT FROM operator_keys')).toBe('permission denied');
});

describe('the way in that the product uses', () => {
  const db = new Database(databaseUrl, 1);
  afterAll(() => db.close());

  test('forgets the account, and its own rights, when its transaction ends or fails', async () => {
    const named = (tx: Parameters<Parameters<Database['forAccount']>[1]>[0]) =>
      tx.$queryRaw<[{ account: string; role: string }]>`
        SELECT current_setting('app.account_id', true) AS account, current_user::text AS role`;
    expect(await db.forAccount(mine, named)).toEqual([{ account: mine, role: 'assent_app' }]);
    const failing = db.forAccount(mine, async () => Promise.reject(new Error('it went wrong')));
    await expect(failing).rejects.toThrow('it went wrong');
    expect(await db.forSystem('delivery', named)).toEqual([{ account: '', role: 'assent_delivery' }]);
    expect(await db.forAccount(theirs, named)).toEqual([{ account: theirs, role: 'assent_app' }]);
  });

  test('is closed to what is no account id', async () => {
    await expect(db.forAccount('nobody', (tx) => tx.contact.count())).rejects.toThrow();
    expect(await db.forAccount('', (tx) => tx.contact.count())).toBe(0);
  });
});
