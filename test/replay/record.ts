// npm run record-histories: plays each workflow through each of its paths on a stack of its own and writes what Temporal
// recorded, decoded, to test/replay/histories. Only for a path that has no history yet, or with --all: a released
// history is evidence and is never recorded again (docs/adr/0017).
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApiClient } from '../../apps/stack/demo/api-client.js';
import { contactsCsv, letter } from '../../apps/stack/demo/company.js';
import { eventually } from '../../apps/stack/demo/deviation.js';
import { openAccount } from '../../apps/stack/demo/open-account.js';
import { Person } from '../../apps/stack/demo/person.js';
import { InboxClient } from '../../apps/stack/inbox-client.js';
import { makeOperatorKey } from '../../apps/stack/operator-key.js';
import { packageRoot } from '../../apps/stack/package-root.js';
import { startStack } from '../../apps/stack/stack.js';
import { loadConfig } from '../../libs/config/config.js';
import { Database, type Tx } from '../../libs/db/database.js';
import { Histories } from '../support/histories.js';

const folder = join(packageRoot(), 'test/replay/histories');
const all = process.argv.includes('--all');
const free = { api: 0, temporal: 0, temporalUi: 0, inboxSmtp: 0, inboxWeb: 0, codec: 0, postgres: 0 };

const dataDir = mkdtempSync(join(tmpdir(), 'assent-record-'));
const stack = await startStack({
  dataDir,
  ports: free,
  onProgress: console.log,
});
const histories = await Histories.connect(stack.env);
const db = new Database(loadConfig(stack.env).databaseUrl, 2);
try {
  mkdirSync(folder, { recursive: true });
  await play();
} finally {
  await db.close();
  await histories.close();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

async function play(): Promise<void> {
  const inbox = new InboxClient(stack.urls.inbox);
  const operator = new ApiClient(stack.urls.api, makeOperatorKey(stack, 'Recorder'));
  const account = await openAccount(operator, 'Recorder');
  const hasty = await openAccount(operator, 'Hasty', { reminder_after_seconds: [2], expire_after_seconds: 4 });
  const { api } = account;
  const asAccount = <Row>(id: string, read: (tx: Tx) => Promise<Row>) => db.forAccount(id, read);

  const signUp = async (person: Person, formUrl: string) =>
    person.submit(await person.open(formUrl), { email: person.email, consent: 'yes', tracking: 'yes' });
  const latestSignUp = (accountId: string) =>
    eventually('the sign-up to be decided', 20_000, () =>
      asAccount(accountId, async (tx) => {
        const row = await tx.signUp.findFirst({ orderBy: { receivedAt: 'desc' } });
        return row?.status === 'decided' ? `double-opt-in:${row.id}` : undefined;
      }),
    );
  const confirmationOf = (person: Person) => person.mail('confirmation', (mail) => mail.html.includes('/c/'));
  const press = async (person: Person, path: '/c/' | '/n/') =>
    person.submit(await person.open(person.linkIn(await confirmationOf(person), path)));

  const confirmed = new Person('confirmed@people.example', inbox);
  await signUp(confirmed, account.formUrl);
  const confirmedId = await latestSignUp(account.accountId);
  await press(confirmed, '/c/');
  await record('double-opt-in.confirmed', confirmedId);
  await signUp(confirmed, account.formUrl);
  await record('double-opt-in.already-subscribed', await latestSignUp(account.accountId));

  const rejecting = new Person('rejecting@people.example', inbox);
  await signUp(rejecting, account.formUrl);
  const rejectingId = await latestSignUp(account.accountId);
  await press(rejecting, '/n/');
  await record('double-opt-in.rejected', rejectingId);

  const silent = new Person('silent@people.example', inbox);
  await signUp(silent, hasty.formUrl);
  await record('double-opt-in.reminded-and-expired', await latestSignUp(hasty.accountId));

  const repeating = new Person('repeating@people.example', inbox);
  await signUp(repeating, account.formUrl);
  const repeatingId = await latestSignUp(account.accountId);
  await confirmationOf(repeating);
  await signUp(repeating, account.formUrl);
  await record('double-opt-in.resend', await latestSignUp(account.accountId));
  await press(repeating, '/c/');
  await record('double-opt-in.resent-and-confirmed', repeatingId);

  const created = await api.ok('POST', '/v1/imports', {
    list_ids: [account.listA],
    mode: 'pre_verified',
    evidence: { origin: 'Shop', wording: 'Yes, please.' },
  });
  await api.ok('PUT', `/v1/imports/${created.id}/file`, contactsCsv('recorder', 30, []).csv);
  const template = await api.ok('POST', '/v1/templates', { brand_id: account.brandA, ...letter('Letter', 'News') });
  const campaign = async (name: string, more: object = {}) =>
    (await api.ok('POST', '/v1/campaigns', { list_id: account.listA, template_id: template.id, name, ...more }))
      .id as string;
  const sent = await campaign('Sent');
  await api.ok('POST', `/v1/campaigns/${sent}/send`, {});
  await record('campaign.finished', `campaign:${sent}`);
  const scheduledAt = new Date(Date.now() + 60_000).toISOString();
  const cancelled = await campaign('Cancelled', { scheduled_at: scheduledAt });
  await api.ok('POST', `/v1/campaigns/${cancelled}/send`, {});
  await eventually('the campaign to be started', 20_000, async () =>
    (await histories.workflowIds('campaign')).includes(`campaign:${cancelled}`),
  );
  await api.ok('POST', `/v1/campaigns/${cancelled}/cancel`, {});
  await record('campaign.scheduled-and-cancelled', `campaign:${cancelled}`);

  const erase = async (email: string) => {
    const { id } = await api.ok('POST', '/v1/erasures', { email });
    await eventually(
      'the erasure to end',
      30_000,
      async () => (await api.ok('GET', `/v1/erasures/${id}`)).status === 'done',
    );
    return `erasure:${id}`;
  };
  await record('erasure.done', await erase(confirmed.email));
  const waiting = new Person('waiting@people.example', inbox);
  await signUp(waiting, account.formUrl);
  await latestSignUp(account.accountId);
  await confirmationOf(waiting);
  await record('erasure.with-running-opt-in', await erase(waiting.email));

  const resubscribe = async (email: string) => {
    const [tombstone] = (await api.ok('POST', '/v1/tombstones/search', { email })).tombstones;
    const asked = { email, list_ids: [account.listA], how_asked: 'By telephone' };
    return (await api.ok('POST', `/v1/tombstones/${tombstone.id}/resubscribe`, asked)).id as string;
  };
  const mailsOf = async (person: Person) => (await person.mails()).length;
  const comingBack = async (person: Person, path: '/c/' | '/n/') => {
    const before = await mailsOf(person);
    const id = await resubscribe(person.email);
    await eventually('the resubscription mail', 20_000, async () => (await mailsOf(person)) > before);
    await press(person, path);
    return `resubscription:${id}`;
  };
  await record('resubscription.confirmed', await comingBack(confirmed, '/c/'));
  await record('resubscription.rejected', await comingBack(waiting, '/n/'));
  const again = new Person('again@people.example', inbox);
  await signUp(again, account.formUrl);
  await latestSignUp(account.accountId);
  await erase(again.email);
  await signUp(again, account.formUrl);
  await record('double-opt-in.resubscribes', await latestSignUp(account.accountId));

  await histories.client.schedule.getHandle('housekeeping').trigger();
  const [kept] = await eventually('housekeeping to run', 20_000, async () => {
    const ids = await histories.workflowIds('housekeeping');
    return ids.length > 0 && ids;
  });
  await record('housekeeping.done', kept!);
  await record('delivery-lane.running', 'delivery-lane:one_to_one', false);
}

/** Waits for the execution's end, unless it never ends, and writes its history. */
async function record(name: string, workflowId: string, ends = true): Promise<void> {
  const handle = histories.client.workflow.getHandle(workflowId);
  // The outbox starts it a moment after the request was answered.
  await eventually(`${workflowId} to be started`, 20_000, () =>
    handle.describe().catch((error) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }),
  );
  if (ends) await handle.result();
  const file = join(folder, `${name}.json`);
  if (existsSync(file) && !all) return;
  writeFileSync(file, `${JSON.stringify(await histories.decoded(workflowId), null, 1)}\n`);
  console.log(`recorded ${name}`);
}
