import { randomUUID } from 'node:crypto';
import { createApp } from '../../apps/api/create-app.js';
import { type Answer, ApiUnderTest, addressOf, brand, send } from './api-fixture.js';
import { gate, started } from './api-probe.js';

let api: ApiUnderTest;
const call: ApiUnderTest['call'] = (...request) => api.call(...request);

beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api?.stop());

describe('lists of answers', () => {
  let key: string;
  const names = ['Birch', 'Alder', 'Elm', 'Cedar', 'Dogwood'];

  beforeAll(async () => {
    key = (await api.newAccount('Trees')).apiKey.secret;
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
  const start = (idempotencyKey: string, body: object = { what: 'send' }, key = api.acme.key) =>
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
    const answer = await start(name, { what: 'other' }, api.other.key);
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
      ...api.config,
      databaseUrl: away,
      keyringDatabaseUrl: away,
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
    });
    try {
      await alone.listen(0, '127.0.0.1');
      const url = addressOf(alone);
      expect((await send(url, 'GET', '/healthz', {})).status).toBe(200);
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(503);
      expect(await ready.json()).toEqual({
        ready: false,
        application_database: 'failed',
        keyring_database: 'failed',
        migrations: 'failed',
        temporal: 'failed',
      });
      const answer = await send(url, 'GET', '/v1/brands', { key: api.acme.key });
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('5');
    } finally {
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
      '429',
      '500',
      '503',
    ]);
    const page = await (await fetch(`${api.url}/docs`)).text();
    const files = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(2);
    for (const path of files) {
      expect(path).toMatch(/^\/docs\//);
      const response = await fetch(`${api.url}${path}`);
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    }
  });
});
