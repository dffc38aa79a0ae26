import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';

export interface CatalogColumn {
  name: string;
  /** As PostgreSQL writes it: `uuid`, `text[]`, `timestamp(3) with time zone`. */
  type: string;
  notNull: boolean;
  hasDefault: boolean;
  /** The parent's table and column, where it is a foreign key. */
  references?: { table: string; column: string };
}

export interface CatalogTable {
  name: string;
  columns: CatalogColumn[];
  /** Tables that its foreign keys point to. */
  parents: string[];
  rowSecurity: boolean;
  forced: boolean;
}

/**
 * Every table of the product in a migrated database, from PostgreSQL's own catalog: unlike the information schema it
 * hides nothing from a role that may read no table. Parents come before their children.
 */
export async function readCatalog(databaseUrl: string): Promise<CatalogTable[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`
      SELECT t.relname AS "table", t.relrowsecurity AS "rowSecurity", t.relforcerowsecurity AS forced,
             a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
             a.atthasdef AS "hasDefault", parent.relname AS "parentTable", parent_column.attname AS "parentColumn"
      FROM pg_class AS t
      JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_constraint AS f ON f.conrelid = t.oid AND f.contype = 'f' AND a.attnum = ANY(f.conkey)
      LEFT JOIN pg_class AS parent ON parent.oid = f.confrelid
      LEFT JOIN pg_attribute AS parent_column ON parent_column.attrelid = f.confrelid
            AND parent_column.attnum = f.confkey[array_position(f.conkey, a.attnum)]
      WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND t.relname <> '_prisma_migrations'
      ORDER BY t.relname, a.attnum`);
    const tables = new Map<string, CatalogTable>();
    for (const row of rows) {
      const { table: name, rowSecurity, forced } = row;
      const table: CatalogTable = tables.get(name) ?? { name, columns: [], parents: [], rowSecurity, forced };
      tables.set(name, table);
      const references = row.parentTable ? { table: row.parentTable, column: row.parentColumn } : undefined;
      if (references) table.parents.push(references.table);
      // The account's column takes part in every composite key; its value is the same in all of them.
      if (table.columns.some((column) => column.name === row.name)) continue;
      const { type, notNull, hasDefault } = row;
      table.columns.push({ name: row.name, type, notNull, hasDefault, references });
    }
    return parentsFirst([...tables.values()]);
  } finally {
    await client.end();
  }
}

function parentsFirst(tables: CatalogTable[]): CatalogTable[] {
  const sorted: CatalogTable[] = [];
  const visit = (table: CatalogTable) => {
    if (sorted.includes(table)) return;
    for (const name of table.parents) {
      const parent = tables.find((candidate) => candidate.name === name);
      if (parent && parent !== table) visit(parent);
    }
    sorted.push(table);
  };
  for (const table of tables) visit(table);
  return sorted;
}

/** What CHECK constraints ask for where a column has no default. */
const allowedValues: Record<string, unknown> = {
  'contact_channels.channel': 'email',
  'subscriptions.status': 'subscribed',
  'deliveries.lane': 'one_to_one',
  'tombstone_fingerprints.channel': 'email',
};

/** Runs one statement and gives its rows. */
export type RunSql = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

/** A statement that inserts one row with a value in every column that needs one. */
export function sampleInsert(
  table: CatalogTable,
  known: Record<string, unknown>,
  parents: Map<string, Record<string, unknown>>,
): { sql: string; values: unknown[] } {
  const filled = table.columns.filter(
    ({ name, notNull, hasDefault, references }) => name in known || references || (notNull && !hasDefault),
  );
  const values = filled.map((column) => {
    if (column.name in known) return known[column.name];
    if (column.references) return parents.get(column.references.table)?.[column.references.column] ?? null;
    return allowedValues[`${table.name}.${column.name}`] ?? sampleValue(column);
  });
  const names = filled.map(({ name }) => `"${name}"`).join(', ');
  const places = filled.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
  return { sql: `INSERT INTO "${table.name}" (${names}) VALUES (${places}) RETURNING *`, values };
}

/**
 * Inserts one row into each of the tables, children pointing to the parents that were inserted before.
 * @param known values for columns of these names, in every table that has them
 */
export async function insertSamples(
  run: RunSql,
  tables: CatalogTable[],
  known: Record<string, unknown>,
  parents = new Map<string, Record<string, unknown>>(),
): Promise<Map<string, Record<string, unknown>>> {
  for (const table of tables) {
    const { sql, values } = sampleInsert(table, known, parents);
    const [row] = await run(sql, values);
    parents.set(table.name, row!);
  }
  return parents;
}

function sampleValue({ name, type }: CatalogColumn): unknown {
  if (type.endsWith('[]')) return '{}';
  if (type === 'uuid') return randomUUID();
  if (type === 'text') return `${name} ${randomUUID()}`;
  if (type === 'bytea') return randomBytes(32);
  if (type === 'jsonb') return '{}';
  if (type === 'boolean') return false;
  if (type === 'date' || type.startsWith('timestamp')) return '2026-01-01T00:00:00Z';
  if (/^(integer|bigint|numeric)/.test(type)) return 1;
  throw new Error(`There is no sample value for the type ${type} of ${name}.`);
}
