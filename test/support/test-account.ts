import { randomUUID } from 'node:crypto';
import { loadConfig } from '../../libs/config/config.js';
import { createAccount } from '../../libs/db/accounts.js';
import { insertContact } from '../../libs/db/contacts.js';
import { Database } from '../../libs/db/database.js';
import type { ContactIdentity } from '../../libs/privacy/envelope.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { runningStack } from './stack.js';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers of every shape.
  body: any;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Another key than the account's first. */
  key?: string;
}

/** A way into the databases of the running stack for specs that prepare what no route makes. Close it at the end. */
export class StackAccess {
  readonly config = { ...loadConfig(runningStack().env), logLevel: 'silent' as const };
  readonly db = new Database(this.config.databaseUrl, 4);
  readonly keyring = new Keyring(this.config.keyringDatabaseUrl, this.config.keyEncryptionKey);

  async openAccount(name = 'Acme'): Promise<TestAccount> {
    const { id, apiKey } = await createAccount(this.db, this.keyring, name);
    return new TestAccount(this, id, apiKey.secret);
  }

  async close(): Promise<void> {
    await Promise.all([this.db.close(), this.keyring.close()]);
  }
}

/** An account of a spec's own on the stack that all specs share. */
export class TestAccount {
  constructor(
    private readonly stack: StackAccess,
    readonly id: string,
    readonly key: string,
  ) {}

  /** One request to the running API as this account. */
  async call(method: string, path: string, { body, headers, key = this.key }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(`${runningStack().urls.api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  }

  /** Sends a CSV file as it is. */
  async upload(path: string, csv: string): Promise<Answer> {
    const response = await fetch(`${runningStack().urls.api}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'text/csv' },
      body: csv,
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** @throws Error when the answer is a refusal */
  async make(path: string, body: object): Promise<Answer['body']> {
    const answer = await this.call('POST', path, { body });
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Confirmed contacts on a list, as an import of pre-verified ones leaves them. Returns their ids in the same order. */
  async contactsOn(listId: string, identities: ContactIdentity[], status = 'subscribed'): Promise<string[]> {
    const { db, keyring } = this.stack;
    const ids = identities.map(() => randomUUID());
    const keys = await keyring.create(this.id, 'contact', ids);
    const accountKeys = await keyring.account(this.id);
    await db.forAccount(this.id, async (tx) => {
      for (const [index, identity] of identities.entries()) {
        const id = ids[index]!;
        await insertContact(tx, accountKeys, {
          id,
          accountId: this.id,
          key: keys.get(id)!,
          identity,
          source: 'Import',
          permission: 'confirmed',
          basis: 'consent',
        });
      }
      await tx.subscription.createMany({
        data: ids.map((contactId) => ({ contactId, listId, accountId: this.id, status, source: 'import' })),
      });
    });
    return ids;
  }
}
