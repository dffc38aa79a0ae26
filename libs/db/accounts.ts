import { randomUUID } from 'node:crypto';
import type { Keyring } from '../privacy/keyring.js';
import type { Database } from './database.js';
import type { Account } from './generated/client.js';
import { issueSecret } from './issue-secret.js';

/** An account as it was created, with its first key. The secret is shown once and not kept. */
export type CreatedAccount = Account & { apiKey: { id: string; secret: string } };

/**
 * Creates an account and its owner's first API key. The keyring's keys come first: a crash in between leaves keys of no
 * account, never an account whose contacts nothing can encrypt. Account and API key commit together: an account that
 * nobody can get into does not come to be.
 */
export async function createAccount(db: Database, keyring: Keyring, name: string): Promise<CreatedAccount> {
  const id = randomUUID();
  await keyring.createAccount(id);
  const { secret, ...hashed } = issueSecret('live');
  const key = { id: randomUUID(), accountId: id, name: 'First owner', role: 'owner', scopes: [], mode: 'live' };
  return db.forSystem('operator', async (tx) => {
    const account = await tx.account.create({ data: { id, name } });
    // The operator's role may create accounts and see nothing inside of one: the key belongs to the account's own.
    await tx.$queryRaw`SELECT set_config('role', 'assent_app', true), set_config('app.account_id', ${id}, true)`;
    await tx.apiKey.create({ data: { ...key, ...hashed } });
    return { ...account, apiKey: { id: key.id, secret } };
  });
}
