import pg from 'pg';
import { type CatalogTable, readCatalog } from './catalog.js';

/**
 * All rows of one account in the application database, table by table, as text in a fixed order. When a key was last
 * used is left out: any request of the spec changes that.
 */
export class AccountRows {
  private constructor(
    private readonly client: pg.Client,
    private readonly tables: CatalogTable[],
    private readonly accountId: string,
  ) {}

  static async open(databaseUrl: string, accountId: string): Promise<AccountRows> {
    const catalog = await readCatalog(databaseUrl);
    const tables = catalog.filter(({ columns }) => columns.some(({ name }) => name === 'account_id'));
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return new AccountRows(client, tables, accountId);
  }

  async read(): Promise<Record<string, string[]>> {
    await this.client.query('BEGIN READ ONLY');
    try {
      await this.client.query(`SELECT set_config('role', 'assent_app', true), set_config('app.account_id', $1, true)`, [
        this.accountId,
      ]);
      const all: Record<string, string[]> = {};
      for (const { name } of this.tables) {
        const { rows } = await this.client.query(
          `SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM "${name}" AS t ORDER BY 1`,
        );
        all[name] = rows.map(({ row }) => row as string);
      }
      return all;
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** The rows once nothing changes them any more: the work of earlier steps has ended. */
  async settled(quietMs = 1_500): Promise<Record<string, string[]>> {
    let before = await this.read();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, quietMs));
      const after = await this.read();
      if (JSON.stringify(after) === JSON.stringify(before)) return after;
      before = after;
    }
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
