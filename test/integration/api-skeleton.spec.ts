import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/api/create-app.js';
import { problemSchema } from '../../apps/api/http/problem.js';
import { loadConfig } from '../../libs/config/config.js';
import { createAccount } from '../../libs/db/accounts.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { runningStack } from '../support/stack.js';
import { gate, ProbeModule, probePermissions, started } from './api-probe.js';

const config = { ...loadConfig(runningStack().env), logLevel: 'silent' as const };
const db = new Database(config.databaseUrl, 2);
const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);

let app: NestFastifyApplication;
let url: string;
let acme: { id: string; key: string };
let other: { id: string; key: string };
let operator: string;

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the specs look into answers of every shape.
  body: any;
}

async function call(method: string, path: string, options: { key?: string; body?: unknown; headers?: object } = {}) {
  const { key = acme.key, body, headers } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const answer: Answer = { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  if (answer.status >= 400) {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = problemSchema.strict().parse(answer.body);
    expect(problem).toMatchObject({ status: answer.status, type: `/problems/${problem.code}` });
    expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
  }
  return answer;
}

function addressOf(running: NestFastifyApplication): string {
  const { port } = running.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

const brand = (name = `Brand ${randomUUID()}`) => ({
  name,
  color: '#0B6E4F',
  sender_name: 'Aurora',
  sender_email: 'News@Aurora.example',
});

async function newBrand(): Promise<string> {
  const { status, body } = await call('POST', '/v1/brands', { body: brand() });
  expect(status).toBe(201);
  return body.id;
}

async function newKey(fields: object, key = acme.key): Promise<Answer> {
  return call('POST', '/v1/api-keys', { key, body: { name: 'Probe', role: 'owner', ...fields } });
}

beforeAll(async () => {
  app = await createApp(config, { modules: [ProbeModule], permissions: probePermissions });
  await app.listen(0, '127.0.0.1');
  url = addressOf(app);
  const [one, two] = [await createAccount(db, keyring, 'Acme'), await createAccount(db, keyring, 'Other')];
  acme = { id: one.id, key: one.apiKey.secret };
  other = { id: two.id, key: two.apiKey.secret };
  const { secret, secretHash } = issueSecret('operator');
  await createOperatorKey(db, { name: 'Spec', secretHash });
  operator = secret;
});

afterAll(async () => {
  await app?.close();
  await Promise.all([db.close(), keyring.close()]);
});

describe('keys', () => {
  test.each([
    ['none', ''],
    ['one that nobody has', `ask_live_${'a'.repeat(43)}`],
    ['something that is no key', 'hello'],
  ])('without a valid key (%s) the answer is 401, before the body is looked at', async (_, key) => {
    const answer = await call('POST', '/v1/brands', { key, body: '{malformed' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('a role that may not do something gets 403', async () => {
    const { body } = await newKey({ role: 'viewer' });
    expect((await call('GET', '/v1/brands', { key: body.secret })).status).toBe(200);
    expect(await call('POST', '/v1/brands', { key: body.secret, body: brand() })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  test('a key with scopes does what they name and nothing else', async () => {
    const { body } = await newKey({ scopes: ['lists:read'] });
    expect((await call('GET', '/v1/lists', { key: body.secret })).status).toBe(200);
    expect(await call('GET', '/v1/brands', { key: body.secret })).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('brands:read') },
    });
  });

  test('a key cannot create one that may do more than itself', async () => {
    const narrow = (await newKey({ scopes: ['api_keys:write', 'lists:read'] })).body.secret;
    expect((await newKey({ scopes: ['lists:read'] }, narrow)).status).toBe(201);
    expect((await newKey({ scopes: ['lists:write'] }, narrow)).status).toBe(403);
    expect((await newKey({ scopes: [] }, narrow)).status).toBe(403);
    const test = (await newKey({ mode: 'test' })).body.secret;
    expect((await newKey({ mode: 'live' }, test)).status).toBe(403);
    expect((await newKey({ mode: 'test' }, test)).status).toBe(201);
  });

  test('a secret is shown once, and never in a list', async () => {
    const { body: created } = await newKey({ name: 'Shop', role: 'marketer' });
    expect(created.secret).toMatch(/^ask_live_/);
    const { body: read } = await call('GET', `/v1/api-keys/${created.id}`);
    expect(read).toMatchObject({ name: 'Shop', role: 'marketer', hint: `…${created.secret.slice(-4)}` });
    const list = JSON.stringify((await call('GET', '/v1/api-keys?limit=100')).body);
    expect(list).toContain(created.id);
    expect(list).not.toContain(created.secret);
  });

  test('a revoked key stops working at once; revoking it again changes nothing', async () => {
    const { body: key } = await newKey({});
    expect((await call('GET', '/v1/account', { key: key.secret })).status).toBe(200);
    expect(await call('DELETE', `/v1/api-keys/${key.id}`)).toMatchObject({ status: 204, body: '' });
    expect((await call('GET', '/v1/account', { key: key.secret })).status).toBe(401);
    const first = (await call('GET', `/v1/api-keys/${key.id}`)).body.revoked_at;
    expect((await call('DELETE', `/v1/api-keys/${key.id}`)).status).toBe(204);
    expect((await call('GET', `/v1/api-keys/${key.id}`)).body.revoked_at).toBe(first);
  });

  test('the last full owner key cannot be revoked: the account would be locked out', async () => {
    const account = await createAccount(db, keyring, 'Lonely');
    const { secret: key, id } = account.apiKey;
    expect(await call('DELETE', `/v1/api-keys/${id}`, { key })).toMatchObject({ status: 409 });
    await newKey({}, key);
    expect((await call('DELETE', `/v1/api-keys/${id}`, { key })).status).toBe(204);
  });

  test('the use of a key is noted', async () => {
    const { body: key } = await newKey({});
    expect(key.last_used_at).toBeNull();
    await call('GET', '/v1/account', { key: key.secret });
    const { body } = await call('GET', `/v1/api-keys/${key.id}`);
    expect(Date.now() - Date.parse(body.last_used_at)).toBeLessThan(60_000);
  });
});

describe('operators', () => {
  test('create accounts, whose first key works', async () => {
    const { status, body } = await call('POST', '/v1/accounts', { key: operator, body: { name: 'Nordic Shop' } });
    expect(status).toBe(201);
    expect((await call('GET', '/v1/account', { key: body.api_key.secret })).body).toEqual({
      id: body.id,
      name: 'Nordic Shop',
      created_at: body.created_at,
    });
    expect((await call('GET', '/v1/accounts', { key: operator })).body.data[0].id).toBe(body.id);
  });

  test('name the account they look at', async () => {
    const headers = { 'assent-account': acme.id };
    expect((await call('GET', '/v1/account', { key: operator, headers })).body.name).toBe('Acme');
    expect((await call('GET', '/v1/account', { key: operator })).status).toBe(422);
    const wrong = { 'assent-account': 'acme' };
    expect((await call('GET', '/v1/account', { key: operator, headers: wrong })).status).toBe(422);
  });

  test('do not see inside an account', async () => {
    const headers = { 'assent-account': acme.id };
    for (const path of ['/v1/brands', '/v1/api-keys', '/v1/erasures']) {
      expect([403, 404]).toContain((await call('GET', path, { key: operator, headers })).status);
    }
  });

  test('see addresses and numbers masked and personal fields not at all, where the account sees them', async () => {
    const path = `/v1/probe/people/${randomUUID()}`;
    const own = (await call('GET', path)).body;
    expect(own).toMatchObject({ email: 'anna.berg@example.com', first_name: 'Anna', evidence: [{ ip: '192.0.2.7' }] });
    const { body } = await call('GET', path, { key: operator, headers: { 'assent-account': acme.id } });
    expect(body).toMatchObject({ id: own.id, first_name: null, evidence: [{ ip: null }] });
    const hidden = (text: string) => [...text].filter((character) => character === '*').length / text.length;
    expect(hidden(body.email)).toBeCloseTo(0.4, 1);
    expect(hidden(body.mobile)).toBeCloseTo(0.4, 1);
    expect(JSON.stringify([own, body])).not.toContain('internal');
  });
});

describe('requests that are not right', () => {
  test('an unknown path is 404, a known path with another method 405 that names the methods', async () => {
    expect(await call('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const answer = await call('DELETE', '/v1/brands');
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await call('PUT', `/v1/brands/${randomUUID()}`)).headers.get('allow')).toBe('GET, HEAD, PATCH');
    expect((await call('QUERY', '/v1/brands')).status).toBe(405);
    expect((await call('POST', '/v1/nothing', { body: '{malformed' })).status).toBe(404);
  });

  test.each(['not-an-id', randomUUID(), `${randomUUID()}0`, '%00', '1%0a'])(
    'an id that does not exist or is none is 404: %s',
    async (id) => {
      expect(await call('GET', `/v1/brands/${id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  test.each([
    ['malformed JSON', '{"name":', undefined, 400, 'malformed_body'],
    ['a prototype in JSON', '{"__proto__":{"x":1},"name":"x"}', undefined, 400, 'malformed_body'],
    ['an empty body that says it is JSON', '', 'application/json', 400, 'malformed_body'],
    ['a form', 'name=x', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['text', 'x', 'text/plain', 415, 'unsupported_media_type'],
    ['a file', 'x', 'text/csv', 415, 'unsupported_media_type'],
    ['something nobody knows', 'x', 'x/y', 415, 'unsupported_media_type'],
    ['more than a megabyte', JSON.stringify({ name: 'x'.repeat(1_100_000) }), undefined, 413, 'payload_too_large'],
  ])('a body that is %s is refused', async (_, body, type, status, code) => {
    const headers = type ? { 'content-type': type } : {};
    expect(await call('POST', '/v1/brands', { body, headers })).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['no body', undefined, ['']],
    ['an array', [], ['']],
    ['null', null, ['']],
    ['a wrong type', { ...brand(), name: 5 }, ['/name']],
    ['missing fields', { name: 'x', color: '#000000' }, ['/sender_name', '/sender_email']],
    ['fields that nobody knows', { ...brand(), 'a/b': 1, role: 'x' }, ['/a~1b', '/role']],
    ['NUL', { ...brand(), name: 'a\0b' }, ['/name']],
    ['NUL in a name of a field', { ...brand(), 'a\0b': 1 }, ['']],
    ['half a character', { ...brand(), name: 'a\ud800b' }, ['/name']],
    ['a line break that would end a header', { ...brand(), sender_name: 'A\r\nBcc: x@y.example' }, ['/sender_name']],
    ['a second recipient', { ...brand(), sender_email: 'a@b.example,c@d.example' }, ['/sender_email']],
    ['a header in an address', { ...brand(), sender_email: 'a@b.example\r\nBcc: c@d.example' }, ['/sender_email']],
    ['a name of blanks', { ...brand(), name: '   ' }, ['/name']],
    ['an over-long name', { ...brand(), name: 'x'.repeat(121) }, ['/name']],
    ['a colour that would be a style', { ...brand(), color: 'red;}' }, ['/color']],
    ['a script as a URL', { ...brand(), privacy_notice_url: 'javascript:alert(1)' }, ['/privacy_notice_url']],
    ['a language without pages', { ...brand(), language: 'xx' }, ['/language']],
  ])('a brand with %s is refused, and the answer says where', async (_, body, pointers) => {
    const answer = await call('POST', '/v1/brands', { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(answer.body.problems.map((problem: { pointer: string }) => problem.pointer)).toEqual(pointers);
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'sort=secret',
    'cursor=x',
    'colour=red',
    'cursor=%00',
  ])('a query with %s is refused', async (query) => {
    expect(await call('GET', `/v1/brands?${query}`)).toMatchObject({ status: 422 });
  });

  test('what goes wrong on our side is a 500 that repeats nothing', async () => {
    for (const answer of [
      await call('POST', '/v1/probe/starts', { body: { what: 'break' } }),
      await call('GET', '/v1/probe/broken'),
    ]) {
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
      expect(JSON.stringify(answer.body)).not.toMatch(/anna|secret-value/);
    }
  });
});

describe('brands and lists', () => {
  test('are created, read and changed', async () => {
    const { body: made, headers } = await call('POST', '/v1/brands', { body: { ...brand(), language: 'sv' } });
    expect(made).toMatchObject({ color: '#0b6e4f', sender_email: 'news@aurora.example', language: 'sv', version: 1 });
    expect(headers.get('etag')).toBe('"1"');
    expect(headers.get('cache-control')).toBe('no-store');
    const list = { brand_id: made.id, name: 'News', purpose: 'News about lamps', expire_after_seconds: 1 };
    const { body: created } = await call('POST', '/v1/lists', { body: list });
    expect(created).toMatchObject({ ...list, reminder_after_seconds: [], version: 1 });
    const changed = await call('PATCH', `/v1/lists/${created.id}`, {
      body: { expire_after_seconds: 30, reminder_after_seconds: [10, 20] },
      headers: { 'if-match': '"1"' },
    });
    expect(changed.body).toEqual({
      ...created,
      expire_after_seconds: 30,
      reminder_after_seconds: [10, 20],
      version: 2,
    });
    expect((await call('GET', `/v1/lists/${created.id}`)).body).toEqual(changed.body);
    expect((await call('GET', `/v1/lists?brand_id=${made.id}`)).body.data).toEqual([changed.body]);
    expect((await call('GET', `/v1/lists?brand_id=${await newBrand()}`)).body.data).toEqual([]);
  });

  test('keep their names to themselves within an account', async () => {
    const body = brand();
    expect((await call('POST', '/v1/brands', { body })).status).toBe(201);
    expect(await call('POST', '/v1/brands', { body })).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    expect((await call('POST', '/v1/brands', { body, key: other.key })).status).toBe(201);
    const second = await newBrand();
    expect(
      await call('PATCH', `/v1/brands/${second}`, { body: { name: body.name }, headers: { 'if-match': '"1"' } }),
    ).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  });

  test.each([
    ['descending reminders', { reminder_after_seconds: [20, 10], expire_after_seconds: 30 }],
    ['a reminder after the expiry', { reminder_after_seconds: [10, 30], expire_after_seconds: 30 }],
    ['an expiry of nothing', { expire_after_seconds: 0 }],
    ['an expiry after more than 90 days', { expire_after_seconds: 90 * 86_400 + 1 }],
  ])('a list with %s is refused, new or changed', async (_, policy) => {
    const list = { brand_id: await newBrand(), name: 'News', purpose: 'News' };
    expect((await call('POST', '/v1/lists', { body: { ...list, ...policy } })).status).toBe(422);
    const { body } = await call('POST', '/v1/lists', { body: list });
    const change = { body: policy, headers: { 'if-match': '"1"' } };
    expect((await call('PATCH', `/v1/lists/${body.id}`, change)).status).toBe(422);
    expect((await call('GET', `/v1/lists/${body.id}`)).body).toEqual(body);
  });

  test('of two changes of the same version one wins, and a change without a version is refused', async () => {
    const path = `/v1/brands/${await newBrand()}`;
    expect(await call('PATCH', path, { body: {} })).toMatchObject({ status: 428, body: { code: 'version_required' } });
    const change = (sender_name: string) =>
      call('PATCH', path, { body: { sender_name }, headers: { 'if-match': '"1"' } });
    const answers = await Promise.all([change('One'), change('Two')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
    const winner = answers.find((answer) => answer.status === 200)!;
    expect(winner.headers.get('etag')).toBe('"2"');
    expect((await call('GET', path)).body.sender_name).toBe(winner.body.sender_name);
    for (const stale of ['"0"', '"9999999999"', 'W/"2"', '2', 'x']) {
      expect((await call('PATCH', path, { body: {}, headers: { 'if-match': stale } })).status).toBe(412);
    }
  });

  test('of another account do not exist', async () => {
    const id = await newBrand();
    const { body: list } = await call('POST', '/v1/lists', { body: { brand_id: id, name: 'N', purpose: 'P' } });
    for (const path of [`/v1/brands/${id}`, `/v1/lists/${list.id}`, `/v1/api-keys/${id}`]) {
      expect((await call('GET', path, { key: other.key })).status).toBe(404);
    }
    const change = { key: other.key, body: { name: 'Mine' }, headers: { 'if-match': '"1"' } };
    expect((await call('PATCH', `/v1/brands/${id}`, change)).status).toBe(404);
    const foreign = { brand_id: id, name: 'Stolen', purpose: 'x' };
    expect(await call('POST', '/v1/lists', { key: other.key, body: foreign })).toMatchObject({
      status: 422,
      body: { problems: [{ pointer: '/brand_id' }] },
    });
    expect((await call('GET', '/v1/brands?limit=100', { key: other.key })).body.data).not.toContainEqual(
      expect.objectContaining({ id }),
    );
  });
});

describe('lists of answers', () => {
  let key: string;
  const names = ['Birch', 'Alder', 'Elm', 'Cedar', 'Dogwood'];

  beforeAll(async () => {
    key = (await createAccount(db, keyring, 'Trees')).apiKey.secret;
    for (const name of names) await call('POST', '/v1/brands', { key, body: brand(name) });
  });

  /** Follows the Link headers to the end. */
  async function walk(query: string): Promise<string[][]> {
    const pages: string[][] = [];
    let path: string | undefined = `/v1/brands?${query}`;
    while (path) {
      const { body, headers }: Answer = await call('GET', path, { key });
      pages.push(body.data.map((row: { name: string }) => row.name));
      const next = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
      expect(next === undefined).toBe(body.next_cursor === null);
      path = next && new URL(next).pathname + new URL(next).search;
    }
    return pages;
  }

  test('are walked page by page, in every sort, without loss or repeat', async () => {
    expect(await walk('limit=2&sort=name')).toEqual([['Alder', 'Birch'], ['Cedar', 'Dogwood'], ['Elm']]);
    expect((await walk('limit=2&sort=-name')).flat()).toEqual([...names].sort().reverse());
    expect((await walk('limit=1')).flat()).toEqual([...names].reverse());
    expect((await walk('limit=5&sort=created_at')).flat()).toEqual(names);
  });

  test('take a cursor only with the sort that made it', async () => {
    const { body } = await call('GET', '/v1/brands?limit=1&sort=name', { key });
    expect((await call('GET', `/v1/brands?sort=-name&cursor=${body.next_cursor}`, { key })).status).toBe(422);
    const forged = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const value of [{ s: 'name', i: randomUUID(), v: 5 }, { s: 'name', i: 'x', v: 'x' }, { s: 'name' }, 'x']) {
      const cursor = forged(value as object);
      expect((await call('GET', `/v1/brands?sort=name&cursor=${cursor}`, { key })).status).toBe(422);
    }
  });
});

describe('a POST with an Idempotency-Key', () => {
  const start = (idempotencyKey: string, body: object = { what: 'send' }, key = acme.key) =>
    call('POST', '/v1/probe/starts', { body, key, headers: { 'idempotency-key': idempotencyKey } });

  test('starts once however often it is repeated, and says that it was a repeat', async () => {
    const before = started.length;
    const name = randomUUID();
    const first = await start(name, { what: 'send', note: 'x' });
    const second = await start(name, { note: 'x', what: 'send' });
    expect(first).toMatchObject({ status: 202, body: { number: before + 1 } });
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(started).toHaveLength(before + 1);
  });

  test('is refused for a different request', async () => {
    const name = randomUUID();
    await start(name);
    expect(await start(name, { what: 'send again' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
  });

  test('belongs to its account', async () => {
    const name = randomUUID();
    await start(name);
    const answer = await start(name, { what: 'other' }, other.key);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
  });

  test('runs once when two come at the same time: the second is told that it is running', async () => {
    let open = () => {};
    gate.open = new Promise((resolve) => {
      open = resolve;
    });
    const name = randomUUID();
    const before = started.length;
    const first = start(name);
    let second: Answer;
    do second = await start(name);
    while (second.status === 202);
    expect(second).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
    expect(second.headers.get('retry-after')).toBe('1');
    open();
    expect((await first).status).toBe(202);
    expect((await start(name)).headers.get('idempotency-replayed')).toBe('true');
    expect(started).toHaveLength(before + 1);
  });

  test('is free again after a refusal', async () => {
    for (const [what, status] of [
      ['refuse', 409],
      ['break', 500],
      ['', 422],
    ] as const) {
      const name = randomUUID();
      expect((await start(name, { what })).status).toBe(status);
      expect((await start(name, { what: 'send' })).status).toBe(202);
    }
  });

  test('must be one', async () => {
    expect((await start('two words')).status).toBe(422);
    expect((await start('x'.repeat(256))).status).toBe(422);
  });
});

describe('health', () => {
  test('the process lives, and every part is named', async () => {
    expect(await call('GET', '/healthz', { key: '' })).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await call('GET', '/readyz', { key: '' })).toMatchObject({
      status: 200,
      body: { ready: true, application_database: 'ok', keyring_database: 'ok', migrations: 'ok' },
    });
  });

  test('without its databases the API lives, is not ready, and answers 503 with a time to come back', async () => {
    const away = 'postgresql://nobody@127.0.0.1:9/nothing';
    const alone = await createApp({
      ...config,
      databaseUrl: away,
      keyringDatabaseUrl: away,
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
    });
    const here = url;
    try {
      await alone.listen(0, '127.0.0.1');
      url = addressOf(alone);
      expect((await call('GET', '/healthz')).status).toBe(200);
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toEqual({
        ready: false,
        application_database: 'failed',
        keyring_database: 'failed',
        migrations: 'failed',
        temporal: 'failed',
      });
      const answer = await call('GET', '/v1/brands');
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
      url = here;
      await alone.close();
    }
  });
});

describe('the description of the API', () => {
  test('is served with its page, without a key and without other servers', async () => {
    const { body } = await call('GET', '/openapi.json', { key: '' });
    expect(body.openapi).toBe('3.1.0');
    expect(body.paths['/v1/brands'].post.requestBody.content['application/json'].schema.$ref).toMatch(/NewBrand$/);
    expect(Object.keys(body.paths['/v1/brands/{id}'].patch.responses).sort()).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '409',
      '412',
      '413',
      '415',
      '422',
      '428',
      '500',
      '503',
    ]);
    const page = await (await fetch(`${url}/docs`)).text();
    const files = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(2);
    for (const path of files) {
      expect(path).toMatch(/^\/docs\//);
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
  });
});
