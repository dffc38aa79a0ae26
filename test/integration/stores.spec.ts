import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Database, type Tx } from '../../libs/db/database.js';
import { eraseFromStores, searchStores } from '../../libs/db/erasures.js';
import { stores } from '../../libs/db/stores.js';
import { insertSamples, readCatalog } from '../support/catalog.js';
import { runningStack } from '../support/stack.js';

const { env } = runningStack();
const catalog = await readCatalog(env.DATABASE_URL!);
const keyringCatalog = await readCatalog(env.KEYRING_DATABASE_URL!);

interface Model {
  name: string;
  table: string;
  /** Column names; true where the column may be empty. */
  columns: Record<string, boolean>;
  comment: string | undefined;
}

const scalars = /^(String|Int|BigInt|Boolean|DateTime|Bytes|Json|Decimal)(\[\])?(\?)?$/;

function readModels(file: string): Model[] {
  const text = readFileSync(new URL(`../../prisma/${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(/(?:^\/\/\/ (.+)\n)?^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, comment, name, body]) => {
    const columns: Record<string, boolean> = {};
    for (const line of body!.split('\n')) {
      const [field, type = ''] = line.trim().split(/\s+/);
      const scalar = scalars.exec(type);
      if (scalar) columns[/ @map\("(\w+)"\)/.exec(line)?.[1] ?? field!] = Boolean(scalar[2] || scalar[3]);
    }
    return { name: name!, table: /@@map\("(\w+)"\)/.exec(body!)![1]!, columns, comment };
  });
}

const sorted = (names: Iterable<string>) => [...names].sort();

describe('the declaration of stores', () => {
  test('has every table of the database, and no other', () => {
    expect(catalog.length).toBeGreaterThan(25);
    expect(sorted(stores.map(({ table }) => table))).toEqual(sorted(catalog.map(({ name }) => name)));
  });

  test.each(catalog.map((table) => [table.name, table] as const))(
    'has every column of %s, and no other',
    (name, table) => {
      const declared = stores.find((store) => store.table === name);
      expect(sorted(Object.keys(declared?.columns ?? {}))).toEqual(sorted(table.columns.map((column) => column.name)));
    },
  );

  test.each(stores.map((store) => [store.table, store] as const))(
    'names columns of %s that exist, and how long it is kept',
    (name, store) => {
      const { erasure, columns, retention } = store;
      const named =
        erasure.how === 'delete'
          ? [erasure.by]
          : erasure.how === 'unlink'
            ? [erasure.by, ...Object.keys(erasure.set)]
            : [];
      expect(Object.keys(columns)).toEqual(expect.arrayContaining(named));
      expect(retention).not.toBe('');
      if (erasure.how === 'keep') expect(erasure.why.length).toBeGreaterThan(20);
      expect(stores.filter(({ table }) => table === name)).toHaveLength(1);
    },
  );

  test('says of every table that leads to a contact what an erasure does there', () => {
    const leading = catalog.filter(({ columns }) => columns.some(({ name }) => name === 'contact_id'));
    expect(leading.length).toBeGreaterThan(5);
    for (const { name } of leading) {
      const { erasure } = stores.find(({ table }) => table === name)!;
      expect([name, erasure.how]).not.toEqual([name, 'not_about_contacts']);
    }
  });

  test('says of every sealed column that it holds identifiers or evidence', () => {
    for (const { table, columns } of stores) {
      for (const [column, content] of Object.entries(columns).filter(([name]) => name.endsWith('_sealed'))) {
        expect([table, column, ['identifier', 'evidence'].includes(content)]).toEqual([table, column, true]);
      }
    }
  });

  test('erases what points to a row before the row itself', () => {
    const place = (name: string) =>
      stores.findIndex(({ table, erasure }) => table === name && erasure.how === 'delete');
    for (const { name, columns } of catalog) {
      for (const { references } of columns) {
        if (!references || references.table === name || place(name) === -1 || place(references.table) === -1) continue;
        expect([name, place(name) < place(references.table)]).toEqual([name, true]);
      }
    }
  });
});

describe('an erasure by the declaration', () => {
  const db = new Database(env.DATABASE_URL!, 1);
  afterAll(() => db.close());

  class TakenBack extends Error {}

  /** One contact with a row in every table that can lead to it. */
  async function sampleContact(tx: Tx, accountId: string) {
    const [contactId, fingerprint] = [randomUUID(), randomBytes(32)];
    const ofAccount = catalog.filter(({ columns }) => columns.some(({ name }) => name === 'account_id'));
    const insert = (sql: string, values: unknown[]) => tx.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...values);
    const parents = new Map<string, Record<string, unknown>>([['accounts', { id: accountId }]]);
    const known = { account_id: accountId, fingerprint, address_fingerprint: fingerprint };
    for (const table of ofAccount) {
      const about = table.name === 'contacts' ? { id: contactId } : { contact_id: contactId };
      await insertSamples(insert, [table], { ...known, ...about }, parents);
    }
    return { contactId, fingerprints: [fingerprint] };
  }

  test('leaves nothing of the contact where it is declared to, keeps what it must, and touches nobody else', async () => {
    const accountId = randomUUID();
    const erasing = db.forSystem('operator', async (tx) => {
      await tx.account.create({ data: { id: accountId, name: 'Sample' } });
      await tx.$queryRaw`SELECT set_config('role', 'assent_app', true), set_config('app.account_id', ${accountId}, true)`;
      const [erased, other] = [await sampleContact(tx, accountId), await sampleContact(tx, accountId)];
      const rows = async (table: string) => {
        const [row] = await tx.$queryRawUnsafe<[{ count: number }]>(`SELECT count(*)::int AS count FROM "${table}"`);
        return row.count;
      };
      const declared = stores.filter(({ erasure }) => erasure.how === 'delete' || erasure.how === 'unlink');

      const before = await searchStores(tx, erased);
      expect(sorted(Object.keys(before))).toEqual(sorted(declared.map(({ table }) => table)));
      expect(Object.entries(before).filter(([, count]) => count !== 1)).toEqual([]);

      const touched = await eraseFromStores(tx, erased);
      expect(touched).toEqual(before);
      expect(Object.entries(await searchStores(tx, erased)).filter(([, count]) => count !== 0)).toEqual([]);
      expect(await searchStores(tx, other)).toEqual(before);
      for (const { table, erasure } of stores.filter((store) => store.columns.account_id)) {
        expect([table, await rows(table)]).toEqual([table, erasure.how === 'delete' ? 1 : 2]);
      }

      expect(Object.entries(await eraseFromStores(tx, erased)).filter(([, count]) => count !== 0)).toEqual([]);
      throw new TakenBack();
    });
    await expect(erasing).rejects.toBeInstanceOf(TakenBack);
  });
});

describe.each([
  ['schema.prisma', catalog],
  ['keyring/schema.prisma', keyringCatalog],
] as const)('prisma/%s', (file, tables) => {
  const models = readModels(file);

  test('describes the tables that the migrations make, with their columns, and which of these may be empty', () => {
    const described = Object.fromEntries(models.map(({ table, columns }) => [table, columns]));
    const made = tables.map(({ name, columns }) => [
      name,
      Object.fromEntries(columns.map((column) => [column.name, !column.notNull])),
    ]);
    expect(described).toEqual(Object.fromEntries(made));
  });

  test.each(models.map(({ name, comment }) => [name, comment]))('says what %s is', (_name, comment) => {
    expect(comment).toMatch(/\w+ \w+/);
  });
});
