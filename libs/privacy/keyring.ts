import pg from 'pg';
import { newKey, open, seal } from './cipher.js';

/** Whose key it is. `pending` keys are temporary: a sign-up before its decision, a resubscription before its click. */
export const subjectKinds = ['contact', 'tombstone', 'pending', 'test_address'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

export interface AccountKeys {
  /** Wraps the keys of the account's contacts, tombstones and pending addresses. */
  wrapping: Buffer;
  /** Of the account's keyed fingerprints (decision 4). */
  fingerprint: Buffer;
  keyVersion: number;
}

/** A key that was destroyed: whoever it belonged to was erased in the meantime. */
export class KeyDestroyedError extends Error {
  constructor() {
    super('the key of this subject no longer exists');
    this.name = 'KeyDestroyedError';
  }
}

const accountKeyTtlMs = 5 * 60_000;

/**
 * The keyring (decision 3): a database of its own, the only place that holds key material, all of it wrapped. The
 * provider key wraps account keys, which are cached for minutes; those wrap subject keys, which are fetched per batch
 * and never kept. The only SQL outside libs/db: the keyring must not share a connection, a role or a backup with it.
 */
export class Keyring {
  readonly #pool: pg.Pool;
  readonly #accounts = new Map<string, { keys: AccountKeys; until: number }>();

  constructor(
    databaseUrl: string,
    private readonly keyEncryptionKey: Buffer,
  ) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 8, application_name: 'assent-keyring' });
    // An idle connection that breaks (the server restarted) is replaced at its next use; without a listener it would end the process.
    this.#pool.on('error', () => this.#accounts.clear());
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async ping(): Promise<void> {
    await this.#pool.query('SELECT 1 FROM account_keys LIMIT 1');
  }

  /** Creates the keys of a new account; a second call leaves them as they are. */
  async createAccount(accountId: string): Promise<void> {
    await this.#pool.query(
      `INSERT INTO account_keys (account_id, wrapped_key, wrapped_fingerprint_key) VALUES ($1, $2, $3)
       ON CONFLICT (account_id) DO NOTHING`,
      [
        accountId,
        seal(this.keyEncryptionKey, newKey(), `account/${accountId}`),
        seal(this.keyEncryptionKey, newKey(), `account/${accountId}/fingerprint`),
      ],
    );
  }

  /** @throws KeyDestroyedError when the account has no keys */
  async account(accountId: string): Promise<AccountKeys> {
    const cached = this.#accounts.get(accountId);
    if (cached && cached.until > Date.now()) return cached.keys;
    const { rows } = await this.#pool.query(
      'SELECT wrapped_key, wrapped_fingerprint_key, key_version FROM account_keys WHERE account_id = $1',
      [accountId],
    );
    const row = rows[0];
    if (!row) throw new KeyDestroyedError();
    const keys: AccountKeys = {
      wrapping: open(this.keyEncryptionKey, row.wrapped_key, `account/${accountId}`),
      fingerprint: open(this.keyEncryptionKey, row.wrapped_fingerprint_key, `account/${accountId}/fingerprint`),
      keyVersion: row.key_version,
    };
    this.#accounts.set(accountId, { keys, until: Date.now() + accountKeyTtlMs });
    return keys;
  }

  /**
   * Creates a key for each subject and commits before it returns: the key row comes first, so that a crash leaves an
   * orphan key (swept) and never a row that nothing opens. A subject that has a key keeps it, and its age begins anew:
   * the row of a step that was cut off long ago and now runs again must not lose its key to the sweep.
   */
  async create(accountId: string, kind: SubjectKind, subjectIds: string[]): Promise<Map<string, Buffer>> {
    const { wrapping } = await this.account(accountId);
    const fresh = subjectIds.map((id) => seal(wrapping, newKey(), `subject/${accountId}/${id}`));
    await this.#pool.query(
      `INSERT INTO subject_keys (subject_id, account_id, kind, wrapped_key)
       SELECT id, $1, $2, wrapped FROM unnest($3::uuid[], $4::bytea[]) AS fresh (id, wrapped)
       ON CONFLICT (subject_id) DO UPDATE SET created_at = now() WHERE subject_keys.account_id = $1`,
      [accountId, kind, subjectIds, fresh],
    );
    return this.many(accountId, subjectIds);
  }

  /** The keys that still exist; a subject without one is missing from the map. */
  async many(accountId: string, subjectIds: string[]): Promise<Map<string, Buffer>> {
    if (subjectIds.length === 0) return new Map();
    const { wrapping } = await this.account(accountId);
    const { rows } = await this.#pool.query(
      'SELECT subject_id, wrapped_key FROM subject_keys WHERE account_id = $1 AND subject_id = ANY($2::uuid[])',
      [accountId, subjectIds],
    );
    return new Map(
      rows.map((row) => [row.subject_id, open(wrapping, row.wrapped_key, `subject/${accountId}/${row.subject_id}`)]),
    );
  }

  /** @throws KeyDestroyedError */
  async one(accountId: string, subjectId: string): Promise<Buffer> {
    const key = (await this.many(accountId, [subjectId])).get(subjectId);
    if (!key) throw new KeyDestroyedError();
    return key;
  }

  /** Destroys keys; returns how many there were. What they sealed is unreadable from here on. */
  async destroy(accountId: string, subjectIds: string[]): Promise<number> {
    const { rowCount } = await this.#pool.query(
      'DELETE FROM subject_keys WHERE account_id = $1 AND subject_id = ANY($2::uuid[])',
      [accountId, subjectIds],
    );
    return rowCount ?? 0;
  }

  /**
   * Destroys those of these keys that are older than `olderThanMs` at this moment; returns how many there were. One that
   * `create` was asked for since the caller looked stays.
   */
  async destroyOlderThan(accountId: string, subjectIds: string[], olderThanMs: number): Promise<number> {
    const { rowCount } = await this.#pool.query(
      `DELETE FROM subject_keys WHERE account_id = $1 AND subject_id = ANY($2::uuid[])
       AND created_at < now() - $3 * interval '1 millisecond'`,
      [accountId, subjectIds, olderThanMs],
    );
    return rowCount ?? 0;
  }

  /** Keys of one kind that are older than `olderThanMs`, at most `limit`, over all accounts: candidates for the sweep of orphans. */
  async olderThan(
    kind: SubjectKind,
    olderThanMs: number,
    limit: number,
    after?: string,
  ): Promise<Array<{ accountId: string; subjectId: string }>> {
    const { rows } = await this.#pool.query(
      `SELECT subject_id, account_id FROM subject_keys
       WHERE kind = $1 AND created_at < now() - $2 * interval '1 millisecond' AND ($4::uuid IS NULL OR subject_id > $4)
       ORDER BY subject_id LIMIT $3`,
      [kind, olderThanMs, limit, after ?? null],
    );
    return rows.map((row) => ({ accountId: row.account_id, subjectId: row.subject_id }));
  }
}
