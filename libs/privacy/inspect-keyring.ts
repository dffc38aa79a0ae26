import pg from 'pg';
import { open } from './cipher.js';

/**
 * Whether a key-encryption key opens the keyring's account keys, tried on the newest `sample` of them.
 * @throws Error of the connection where the keyring cannot be reached within `timeoutMs`
 */
export async function inspectKeyring(
  databaseUrl: string,
  keyEncryptionKey: Buffer,
  { sample, timeoutMs }: { sample: number; timeoutMs: number },
): Promise<{ tried: number; opened: number }> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    application_name: 'assent-doctor',
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      'SELECT account_id, wrapped_key FROM account_keys ORDER BY account_id DESC LIMIT $1',
      [sample],
    );
    const opened = rows.filter((row) => opens(keyEncryptionKey, row.wrapped_key, `account/${row.account_id}`));
    return { tried: rows.length, opened: opened.length };
  } finally {
    await client.end();
  }
}

function opens(key: Buffer, sealed: Uint8Array, context: string): boolean {
  try {
    open(key, sealed, context);
    return true;
  } catch {
    // That it does not open is what is asked; the cipher has no other way to say so.
    return false;
  }
}
