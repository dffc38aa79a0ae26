import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { deleteExpired } from '../../../libs/db/retention.js';
import { optInMailBounds } from '../../../libs/domain/opt-in.js';
import { type ApiProcess, startApiProcess } from '../../support/api-process.js';
import { freshEmail, inbox, mailLimitMs, mailsTo } from '../../support/marketing-account.js';
import { SignUpForm } from '../../support/sign-up-form.js';
import { runningStack } from '../../support/stack.js';
import { StackAccess } from '../../support/test-account.js';

// Two processes of the API with small bounds, on the databases of the stack. They believe the proxy at 127.0.0.1, so that
// a spec can come from any address.
const bounds = { ip: 6, form: 15, key: 20 };

const stack = new StackAccess();
const logs = mkdtempSync(join(tmpdir(), 'assent-bounds-'));
let apis: ApiProcess[];
let form: SignUpForm;

beforeAll(async () => {
  const env = {
    TRUSTED_PROXIES: '127.0.0.1',
    SIGN_UPS_PER_IP_HOUR: String(bounds.ip),
    SIGN_UPS_PER_FORM_MINUTE: String(bounds.form),
    REQUESTS_PER_KEY_MINUTE: String(bounds.key),
  };
  apis = await Promise.all([startApiProcess(logs, env), startApiProcess(logs, env)]);
});
beforeEach(async () => {
  form = await SignUpForm.open(stack);
});
afterAll(async () => {
  await Promise.all((apis ?? []).map((api) => api.stop()));
  await stack.close();
  rmSync(logs, { recursive: true, force: true });
});

let senders = 0;
/** An address that nobody has sent from before. */
function newSender(): string {
  senders += 1;
  const [a, b] = createHash('sha256').update(`${logs} ${senders}`).digest();
  return `10.${senders % 256}.${a}.${b}`;
}

function signUp(
  from: string,
  { api = 0, email = freshEmail(), headers = {} as Record<string, string>, query = '' } = {},
) {
  return fetch(`${apis[api]!.url}${new URL(form.url).pathname}${query}`, {
    method: 'POST',
    body: new URLSearchParams({ email, consent: 'yes' }),
    headers: { 'x-forwarded-for': from, ...headers },
  });
}

/** Nothing that is counted may pass into the next window while a test counts. */
async function earlyInMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < 15_000) await new Promise((resolve) => setTimeout(resolve, left + 50));
}

describe('sign-ups from one address', () => {
  test('are bounded over both processes together; others go on', async () => {
    const from = newSender();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => signUp(from, { api: index % 2 })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(bounds.ip);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20 - bounds.ip);
    expect((await signUp(newSender())).status).toBe(202);
    const written = await stack.db.forAccount(form.account.id, (tx) => tx.signUp.count());
    expect(written).toBe(bounds.ip + 1);
  });

  test('that are refused get a page that says so, and when to come again', async () => {
    const from = newSender();
    for (let count = 0; count < bounds.ip; count += 1) await signUp(from);
    const refused = await signUp(from, { headers: { 'accept-language': 'sv' } });
    const page = await refused.text();
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8']);
    expect(page).toContain('lang="sv"');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3_600);
  });

  test('are counted before anything is known of the address: a refusal is the same for one that is there', async () => {
    const from = newSender();
    const there = freshEmail();
    await form.account.contactsOn(form.listId, [{ email: there }]);
    for (let count = 0; count < bounds.ip; count += 1) await signUp(from);
    const answers = [];
    for (const email of [freshEmail(), there]) {
      const answer = await signUp(from, { email });
      answers.push([answer.status, [...answer.headers.keys()].sort(), await answer.text()]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]![0]).toBe(429);
  });

  test('are counted for a whole /64 of IPv6', async () => {
    const network = `2001:db8:${(Date.now() % 65_536).toString(16)}:${process.pid.toString(16)}`;
    for (let count = 1; count <= bounds.ip; count += 1) {
      expect((await signUp(`${network}::${count}`, { api: count % 2 })).status).toBe(202);
    }
    expect((await signUp(`${network}:1:2:3:4`)).status).toBe(429);
  });

  test('come from where the proxy says: what a visitor claims besides is not believed', async () => {
    const from = newSender();
    for (let count = 0; count < bounds.ip; count += 1) await signUp(`203.0.113.${count}, ${from}`);
    expect((await signUp(`203.0.113.99, ${from}`)).status).toBe(429);
    // The stack's own API trusts no proxy: the evidence has the connection's address, whatever a header says.
    const email = freshEmail();
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await fetch(form.url, { method: 'POST', body: new URLSearchParams({ email, consent: 'yes' }), headers });
    await inbox.find((mail) => mail.to.includes(email), mailLimitMs);
    const { events } = await form.evidenceOf((await form.cardOf(email)).id);
    expect(events[0].ip).toBe('127.0.0.1');
  });

  test('leave no address behind: rows are keyed hashes, another one each day', async () => {
    const from = newSender();
    await signUp(from);
    const client = new pg.Client({ connectionString: runningStack().env.DATABASE_URL });
    await client.connect();
    await client.query('BEGIN');
    await client.query(`SELECT set_config('role', 'assent_bounds', true)`);
    const { rows } = await client.query('SELECT * FROM rate_bounds');
    await client.end();
    expect(rows.length).toBeGreaterThan(1);
    const plain = [from, createHash('sha256').update(from).digest('hex')];
    for (const { scope } of rows) {
      expect(scope).toHaveLength(32);
      expect(plain).not.toContain(scope.toString());
      expect(plain).not.toContain(scope.toString('hex'));
    }
  });
});

describe('sign-ups on one form', () => {
  test('are bounded over both processes and all senders; another form goes on', async () => {
    await earlyInMinute();
    const answers = await Promise.all(
      Array.from({ length: bounds.form + 5 }, (_, index) => signUp(newSender(), { api: index % 2 })),
    );
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(bounds.form);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    const json = await fetch(`${apis[0]!.url}${new URL(form.url).pathname}`, {
      method: 'POST',
      body: JSON.stringify({ email: freshEmail(), consent: true }),
      headers: { 'content-type': 'application/json', 'x-forwarded-for': newSender() },
    });
    expect([json.status, await json.json()]).toMatchObject([429, { code: 'too_many_requests' }]);
    form = await SignUpForm.open(stack);
    expect((await signUp(newSender())).status).toBe(202);
  });

  test('are not used up by one sender whose own bound is reached', async () => {
    await earlyInMinute();
    const from = newSender();
    for (let count = 0; count < bounds.form * 2; count += 1) await signUp(from);
    expect((await signUp(newSender())).status).toBe(202);
  });
});

test('calls with one key are bounded over both processes; another key of the account goes on', async () => {
  await earlyInMinute();
  const { account } = form;
  const [one, other] = [
    await account.make('/v1/api-keys', { name: 'One', role: 'viewer' }),
    await account.make('/v1/api-keys', { name: 'Other', role: 'viewer' }),
  ];
  const call = (secret: string, api: number) =>
    fetch(`${apis[api]!.url}/v1/lists`, { headers: { authorization: `Bearer ${secret}` } });
  const answers = await Promise.all(Array.from({ length: bounds.key + 10 }, (_, index) => call(one.secret, index % 2)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(bounds.key);
  const refused = answers.find(({ status }) => status !== 200)!;
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'too_many_requests' }]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await call(other.secret, 0)).status).toBe(200);
});

test('housekeeping deletes counts of yesterday and keeps those of today', async () => {
  const client = new pg.Client({ connectionString: runningStack().env.DATABASE_URL });
  await client.connect();
  const old = createHash('sha256').update(randomUUID()).digest();
  const fresh = createHash('sha256').update(randomUUID()).digest();
  await client.query('BEGIN');
  await client.query(`SELECT set_config('role', 'assent_bounds', true)`);
  await client.query(`INSERT INTO rate_bounds VALUES ($1, now() - interval '25 hours', 1), ($2, now(), 1)`, [
    old,
    fresh,
  ]);
  await client.query('COMMIT');
  await stack.db.forSystem('retention', deleteExpired);
  await client.query('BEGIN');
  await client.query(`SELECT set_config('role', 'assent_bounds', true)`);
  const { rows } = await client.query('SELECT scope FROM rate_bounds WHERE scope IN ($1, $2)', [old, fresh]);
  await client.end();
  expect(rows.map(({ scope }) => scope)).toEqual([fresh]);
});

test('a hundred sign-ups of one address, over three accounts and six lists, send it at most three mails', async () => {
  const victim = freshEmail();
  const forms = [form, await SignUpForm.open(stack), await SignUpForm.open(stack)];
  for (let round = 0; round < 100; round += 1) {
    const answer = await forms[round % 3]!.submit({ email: victim, consent: 'yes' });
    expect(answer.status).toBe(202);
  }
  const lists = await Promise.all(forms.map((each) => each.newList()));
  for (const [index, listId] of lists.entries()) {
    const body = { email: victim, opt_in: { list_ids: [listId, forms[index]!.listId] } };
    expect((await forms[index]!.account.call('PUT', '/v1/contacts', { body })).status).toBeLessThan(300);
  }
  for (const each of forms) await allDecided(each.account.id);
  // The lane of one-to-one mail is idle then; what it was given has gone out.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const mails = await mailsTo(victim);
  expect(mails.length).toBeGreaterThan(0);
  expect(mails.length).toBeLessThanOrEqual(optInMailBounds.perDayOverAllAccounts);
});

async function allDecided(accountId: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const open = await stack.db.forAccount(accountId, (tx) => tx.signUp.count({ where: { status: 'received' } }));
    const queued = await stack.db.forAccount(accountId, (tx) =>
      tx.delivery.count({ where: { state: { in: ['queued', 'claimed', 'sending'] } } }),
    );
    if (open + queued === 0) return;
    if (Date.now() > until) throw new Error(`${open} sign-ups and ${queued} deliveries are still open.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
