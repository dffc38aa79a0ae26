import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../../apps/stack/demo/api-client.js';
import { type OpenedAccount, openAccount } from '../../../apps/stack/demo/open-account.js';
import { Person } from '../../../apps/stack/demo/person.js';
import { InboxClient } from '../../../apps/stack/inbox-client.js';
import { loadConfig } from '../../../libs/config/config.js';
import { Database, type Tx } from '../../../libs/db/database.js';
import { issueSecret } from '../../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../../libs/db/operator-keys.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { type OwnStack, startOwnStack } from '../../support/stack.js';

/** The answer to a request that did not get through is waited for so long, in milliseconds. */
const persistMs = 90_000;
/** A mail whose hand-over was cut off is never sent again; the reminder is the person's second chance. Seconds. */
const reminderAfterSeconds = 150;

/** A stack of its own with one account on it, and a look behind the API at what must be so. */
export class Stand {
  private constructor(
    readonly stack: OwnStack,
    readonly account: OpenedAccount,
    readonly inbox: InboxClient,
    readonly db: Database,
    readonly keyring: Keyring,
  ) {}

  static async open(onProgress: (line: string) => void): Promise<Stand> {
    const stack = await startOwnStack({}, onProgress);
    const config = loadConfig(stack.env);
    const db = new Database(config.databaseUrl, 4);
    const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
    try {
      const { secret, secretHash } = issueSecret('operator');
      await createOperatorKey(db, { name: 'Chaos', secretHash });
      const operator = new ApiClient(stack.urls.api, secret);
      const account = await openAccount(operator, 'Chaos', { reminder_after_seconds: [reminderAfterSeconds] });
      return new Stand(stack, account, new InboxClient(stack.urls.inbox), db, keyring);
    } catch (error) {
      await Promise.all([db.close(), keyring.close()]);
      await stack.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.db.close(), this.keyring.close()]);
    await this.stack.stop();
  }

  newPerson(): Person {
    return new Person(`${randomUUID()}@people.example`, this.inbox);
  }

  /** Puts pre-verified contacts on a list of its own; the list's id. */
  async importContacts(emails: string[]): Promise<string> {
    const { api, brandA } = this.account;
    const list = await api.ok('POST', '/v1/lists', { brand_id: brandA, name: randomUUID(), purpose: 'News' });
    const created = await api.ok('POST', '/v1/imports', {
      list_ids: [list.id],
      mode: 'pre_verified',
      evidence: { obtained_at: '2025-03-01T09:30:00Z', origin: 'Check-out', wording: 'Yes, send me letters.' },
    });
    const imported = await api.ok('PUT', `/v1/imports/${created.id}/file`, ['email', ...emails, ''].join('\n'));
    if (imported.created !== emails.length) throw new Error(`the import made ${imported.created} contacts`);
    return list.id;
  }

  /** Reads the account's rows; the database may have been away, and its connections with it. */
  async look<Result>(read: (tx: Tx) => Promise<Result>): Promise<Result> {
    return persist(() => this.db.forAccount(this.account.accountId, read));
  }

  async contactOf(email: string): Promise<Card | undefined> {
    const found = await persist(() => this.account.api.ok('POST', '/v1/contacts/search', { email }));
    return found.data[0];
  }
}

export interface Card {
  id: string;
  channels: Array<{ permission: string }>;
  subscriptions: Array<{ list_id: string; status: string }>;
}

/** Whoever gets no answer asks again: a browser's user, or a program. */
export async function persist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + persistMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** What a page or the API answers while it cannot serve: not an answer to what was asked. */
export function answered<Answer extends { status: number }>(answer: Answer): Answer {
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  return answer;
}
