import pg from 'pg';
import { ApiClient } from '../../../apps/stack/demo/api-client.js';
import { openCompany } from '../../../apps/stack/demo/open-account.js';
import { loadConfig } from '../../../libs/config/config.js';
import { createAccount } from '../../../libs/db/accounts.js';
import { Database } from '../../../libs/db/database.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { AccountRows } from '../../support/account-rows.js';
import { askInTurns, type EnumerationGroups, groupsOfAddresses, spreads } from '../../support/enumeration.js';
import { SignUpForm } from '../../support/sign-up-form.js';
import { type OwnStack, startOwnStack } from '../../support/stack.js';
import { StackAccess } from '../../support/test-account.js';

const stack = new StackAccess();
let groups: EnumerationGroups;
let form: SignUpForm;

const perGroup = 30;

beforeAll(async () => {
  form = await SignUpForm.open(stack);
  groups = await groupsOfAddresses(form.account.id, form.listId, stack, perGroup);
});
afterAll(() => stack.close());

test('thirty sign-ups of each kind of address, in turns, get the same status, headers and bytes', async () => {
  const before = await stack.db.forAccount(form.account.id, (tx) => tx.signUp.count());
  const answers = await askInTurns(form.url, groups);
  const kinds = Object.keys(groups);
  expect(kinds).toEqual(['new', 'pending', 'subscribed', 'unsubscribed', 'suppressed', 'erased']);
  const seen = new Set(answers.map(({ status, headers, body }) => JSON.stringify({ status, headers, body })));
  expect(seen.size).toBe(1);
  expect(answers[0]!.status).toBe(202);

  // The full run with 500 of each is `npm run bench -- enumeration`, where the medians are within 1 ms or 5 %. Here other
  // work runs on the same machine: the kinds may not lie further apart than the same times do when they are mixed.
  const { found, byChance } = spreads(answers);
  expect(found).toBeLessThanOrEqual(Math.max(1, byChance));

  const rows = await stack.db.forAccount(form.account.id, (tx) => tx.signUp.count());
  expect(rows - before).toBe(perGroup * kinds.length);
});

describe('without a worker, so that only the request itself has written', () => {
  let own: OwnStack;

  beforeAll(async () => {
    own = await startOwnStack({ apps: ['api'] });
  });
  afterAll(() => own?.stop());

  test('each kind of address leaves the same number of rows in the same tables', async () => {
    const config = loadConfig(own.env);
    const db = new Database(config.databaseUrl, 2);
    const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
    const keyringClient = new pg.Client({ connectionString: own.env.KEYRING_DATABASE_URL });
    await keyringClient.connect();
    const { id, apiKey } = await createAccount(db, keyring, 'Alone');
    const { listA, formUrl } = await openCompany(new ApiClient(own.urls.api, apiKey.secret));
    const addresses = await groupsOfAddresses(id, listA, { db, keyring }, 1);
    const rows = await AccountRows.open(own.env.DATABASE_URL!, id);
    const count = async () => {
      const tables = Object.entries(await rows.read()).map(([table, list]) => [table, list.length] as const);
      const { rows: keys } = await keyringClient.query('SELECT count(*)::int AS keys FROM subject_keys');
      return Object.fromEntries([...tables, ['keys', keys[0].keys as number]]);
    };
    try {
      for (const [kind, [email]] of Object.entries(addresses)) {
        const before = await count();
        const body = new URLSearchParams({ email: email!, consent: 'yes' });
        expect((await fetch(formUrl, { method: 'POST', body })).status).toBe(202);
        const after = await count();
        const added = Object.entries(after).flatMap(([table, rows]) =>
          rows === before[table] ? [] : [[table, rows - before[table]!]],
        );
        expect([kind, Object.fromEntries(added)]).toEqual([kind, { sign_ups: 1, executions: 1, outbox: 1, keys: 1 }]);
      }
    } finally {
      await Promise.all([rows.close(), keyringClient.end(), db.close(), keyring.close()]);
    }
  });
});
