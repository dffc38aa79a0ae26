import type { Database } from './database.js';
import type { Account } from './generated/client.js';

export interface FirstKey {
  id: string;
  name: string;
  secretHash: Uint8Array<ArrayBuffer>;
  hint: string;
}

/**
 * Creates an account and its owner's first API key in one transaction: an account that nobody can get into does not
 * come to be. The keys of its keyring must exist before.
 */
export async function createAccount(
  db: Database,
  account: { id: string; name: string },
  key: FirstKey,
): Promise<Account> {
  return db.forSystem('operator', async (tx) => {
    const created = await tx.account.create({ data: account });
    // The operator's role may create accounts and see nothing inside of one: the key belongs to the account's own.
    await tx.$queryRaw`SELECT set_config('role', 'assent_app', true), set_config('app.account_id', ${account.id}, true)`;
    await tx.apiKey.create({ data: { ...key, accountId: account.id, role: 'owner', scopes: [], mode: 'live' } });
    return created;
  });
}
