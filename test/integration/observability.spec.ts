import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InboxClient } from '../../apps/stack/inbox-client.js';
import { loadConfig } from '../../libs/config/config.js';
import { createAccount } from '../../libs/db/accounts.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { companyFields, formTexts, linksOf } from '../support/sign-up-form.js';
import { type OwnStack, startOwnStack } from '../support/stack.js';
import { TraceCollector } from '../support/trace-collector.js';

const email = `${randomUUID()}@people.example`;
let collector: TraceCollector;
let stack: OwnStack;
let accountId: string;
let accountKey: string;
let operatorKey: string;
let confirmUrl: string;

async function post(path: string, body: object): Promise<{ id: string; url: string }> {
  const response = await fetch(`${stack.urls.api}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accountKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as { id: string; url: string };
}

// A stack of its own: the shared one sends its traces nowhere.
beforeAll(async () => {
  collector = await TraceCollector.start();
  stack = await startOwnStack({ extraEnv: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const config = loadConfig(stack.env);
  const db = new Database(config.databaseUrl, 1);
  const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
  const account = await createAccount(db, keyring, 'Acme');
  [accountId, accountKey] = [account.id, account.apiKey.secret];
  const { secret, secretHash } = issueSecret('operator');
  await createOperatorKey(db, { name: 'Spec', secretHash });
  operatorKey = secret;
  await Promise.all([db.close(), keyring.close()]);

  const { id: brand_id } = await post('/v1/brands', companyFields);
  const { id: list_id } = await post('/v1/lists', { brand_id, name: 'News', purpose: 'News' });
  const { id: formId } = await post('/v1/forms', { list_id, name: 'Start page', languages: formTexts });
  const { url } = await post(`/v1/forms/${formId}/publish`, {});
  const signedUp = await fetch(url, { method: 'POST', body: new URLSearchParams({ email, consent: 'yes' }) });
  expect(signedUp.status).toBe(202);
  const mail = await new InboxClient(stack.urls.inbox).find(({ to }) => to.includes(email), 20_000);
  confirmUrl = linksOf(mail).confirm;
  expect((await fetch(confirmUrl, { method: 'POST' })).status).toBe(200);
  await spansOf('POST /c/:token', ['outbox update confirm']);
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  await collector?.stop();
});

/** The trace that began with a request to a route, once it has these spans. */
async function spansOf(root: string, names: string[]) {
  for (let deadline = Date.now() + 15_000; Date.now() < deadline; await pause(100)) {
    const first = collector.spans.find(({ name }) => name === root);
    const trace = collector.spans.filter(({ traceId }) => traceId === first?.traceId);
    if (names.every((wanted) => trace.some(({ name }) => name === wanted))) return trace;
  }
  throw new Error(`No trace from ${root} to ${names.join(', ')}; there are ${collector.spans.map(({ name }) => name)}`);
}

describe('traces', () => {
  test('one sign-up is one trace, from the request over the workflow to the hand-over by SMTP', async () => {
    const chain = ['outbox start doubleOptIn', 'activity decideSignUp', 'activity queueOptInMail', 'smtp send'].map(
      (name) => name.replace(' doubleOptIn', ''),
    );
    const trace = await spansOf('POST /f/:formKey', chain);
    const named = (wanted: string) => trace.find(({ name }) => name === wanted)!;
    expect(named('POST /f/:formKey')).toMatchObject({ service: 'assent-api', parentSpanId: undefined });
    expect(named('outbox start')).toMatchObject({
      service: 'assent-worker',
      parentSpanId: named('POST /f/:formKey').spanId,
      attributes: { 'temporal.workflow': 'doubleOptIn' },
    });
    expect(named('activity decideSignUp').parentSpanId).toBe(named('outbox start').spanId);
    expect(named('activity queueOptInMail').parentSpanId).toBe(named('outbox start').spanId);
    expect(named('smtp send')).toMatchObject({
      parentSpanId: named('activity queueOptInMail').spanId,
      attributes: { 'assent.outcome': 'sent', 'assent.lane': 'one_to_one' },
    });
  });

  test('a caller of the API may bring its own trace; a page that anybody opens begins one of its own', async () => {
    const [traceId, strangeTraceId] = [randomUUID(), randomUUID()].map((id) => id.replaceAll('-', ''));
    const traceparent = (id: string | undefined) => ({ traceparent: `00-${id}-00f067aa0ba902b7-01` });
    const authorization = `Bearer ${accountKey}`;
    await fetch(`${stack.urls.api}/v1/lists`, { headers: { authorization, ...traceparent(traceId) } });
    await fetch(confirmUrl, { headers: traceparent(strangeTraceId) });
    const of = (id: string | undefined) => collector.spans.filter((span) => span.traceId === id);
    for (let deadline = Date.now() + 10_000; of(traceId).length === 0 && Date.now() < deadline; ) await pause(100);
    expect(of(traceId)).toMatchObject([{ name: 'GET /v1/lists', parentSpanId: '00f067aa0ba902b7' }]);
    expect(of(strangeTraceId)).toEqual([]);
  });

  test('hold no address, no IP and no token', () => {
    const everything = collector.received.join('\n');
    expect(everything).toContain('http.route');
    const token = confirmUrl.split('/').at(-1)!;
    for (const secret of [email, email.split('@')[0]!, token, accountKey, 'people.example', '127.0.0.1']) {
      expect(everything).not.toContain(secret);
    }
  });
});

describe('metrics', () => {
  const read = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers });
    return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
  };
  const seriesIn = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );

  test('the API tells requests by route and status, its database pool, and what waits', async () => {
    const { status, text, type } = await read(`${stack.urls.api}/metrics`);
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const signUps = 'assent_http_request_seconds_count{method="POST",route="/f/:formKey",status="202"}';
    expect(seriesIn(text, signUps)).toBe(1);
    for (const series of ['assent_outbox_waiting', 'assent_erasures_open', 'assent_database_pool_waiting']) {
      expect(seriesIn(text, series)).toBe(0);
    }
    expect(seriesIn(text, 'assent_database_pool_connections{state="idle"}')).toBeGreaterThan(0);
    expect(seriesIn(text, 'assent_database_up')).toBe(1);
  });

  test('the worker tells what its lanes sent, what it relayed, and rows of the ledger by state', async () => {
    const { status, text } = await read(stack.urls.workerMetrics);
    expect(status).toBe(200);
    expect(seriesIn(text, 'assent_delivery_outcomes_total{lane="one_to_one",outcome="sent"}')).toBe(1);
    expect(seriesIn(text, 'assent_outbox_commands_total{command="start",outcome="relayed"}')).toBe(1);
    expect(seriesIn(text, 'assent_ledger_rows{state="queued"}')).toBe(0);
    expect(seriesIn(text, 'assent_delivery_leases_expired_total{became="unknown"}')).toBe(0);
    expect((await read(stack.urls.workerMetrics.replace('/metrics', '/'))).status).toBe(404);
  });

  test('no label holds an id, an address or a token', async () => {
    for (const url of [`${stack.urls.api}/metrics`, stack.urls.workerMetrics]) {
      const { text } = await read(url);
      expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
      expect(text).not.toContain('@');
      for (const secret of [accountId, confirmUrl.split('/').at(-1)!]) expect(text).not.toContain(secret);
    }
  });

  test('they are for the machine itself and for operators: not for an account, and not through a proxy', async () => {
    const url = `${stack.urls.api}/metrics`;
    expect((await read(url, { authorization: `Bearer ${accountKey}` })).status).toBe(403);
    expect((await read(url, { authorization: 'Bearer nonsense' })).status).toBe(401);
    expect((await read(url, { 'x-forwarded-for': '192.0.2.7' })).status).toBe(401);
    expect((await read(url, { 'x-forwarded-for': '192.0.2.7', authorization: `Bearer ${operatorKey}` })).status).toBe(
      200,
    );
  });

  test('while the database is away they still answer, and say so', async () => {
    await stack.services.postgres.stop();
    try {
      const { status, text } = await read(stack.urls.workerMetrics);
      expect([status, seriesIn(text, 'assent_database_up')]).toEqual([200, 0]);
      expect(seriesIn(text, 'assent_outbox_waiting')).toBeNaN();
      expect(text).toMatch(/^assent_outbox_waiting nan$/im);
    } finally {
      await stack.services.postgres.start();
    }
  });
});
