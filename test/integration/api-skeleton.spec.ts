import { randomUUID } from 'node:crypto';
import { type Answer, ApiUnderTest, brand } from './api-fixture.js';

let api: ApiUnderTest;
const call: ApiUnderTest['call'] = (...request) => api.call(...request);

beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api?.stop());

async function newBrand(): Promise<string> {
  const { status, body } = await call('POST', '/v1/brands', { body: brand() });
  expect(status).toBe(201);
  return body.id;
}

async function newKey(fields: object, key = api.acme.key): Promise<Answer> {
  return call('POST', '/v1/api-keys', { key, body: { name: 'Probe', role: 'owner', ...fields } });
}

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
    const account = await api.newAccount('Lonely');
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
    const { status, body } = await call('POST', '/v1/accounts', { key: api.operator, body: { name: 'Nordic Shop' } });
    expect(status).toBe(201);
    expect((await call('GET', '/v1/account', { key: body.api_key.secret })).body).toEqual({
      id: body.id,
      name: 'Nordic Shop',
      created_at: body.created_at,
    });
    expect((await call('GET', '/v1/accounts', { key: api.operator })).body.data[0].id).toBe(body.id);
  });

  test('name the account they look at', async () => {
    const headers = { 'assent-account': api.acme.id };
    expect((await call('GET', '/v1/account', { key: api.operator, headers })).body.name).toBe('Acme');
    expect((await call('GET', '/v1/account', { key: api.operator })).status).toBe(422);
    const wrong = { 'assent-account': 'acme' };
    expect((await call('GET', '/v1/account', { key: api.operator, headers: wrong })).status).toBe(422);
  });

  test('do not see inside an account', async () => {
    const headers = { 'assent-account': api.acme.id };
    for (const path of ['/v1/brands', '/v1/api-keys', '/v1/erasures']) {
      expect([403, 404]).toContain((await call('GET', path, { key: api.operator, headers })).status);
    }
  });

  test('see addresses and numbers masked and personal fields not at all, where the account sees them', async () => {
    const path = `/v1/probe/people/${randomUUID()}`;
    const own = (await call('GET', path)).body;
    expect(own).toMatchObject({ email: 'anna.berg@example.com', first_name: 'Anna', evidence: [{ ip: '192.0.2.7' }] });
    const { body } = await call('GET', path, { key: api.operator, headers: { 'assent-account': api.acme.id } });
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
    expect((await call('POST', '/v1/brands', { body, key: api.other.key })).status).toBe(201);
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
      expect((await call('GET', path, { key: api.other.key })).status).toBe(404);
    }
    const change = { key: api.other.key, body: { name: 'Mine' }, headers: { 'if-match': '"1"' } };
    expect((await call('PATCH', `/v1/brands/${id}`, change)).status).toBe(404);
    const foreign = { brand_id: id, name: 'Stolen', purpose: 'x' };
    expect(await call('POST', '/v1/lists', { key: api.other.key, body: foreign })).toMatchObject({
      status: 422,
      body: { problems: [{ pointer: '/brand_id' }] },
    });
    expect((await call('GET', '/v1/brands?limit=100', { key: api.other.key })).body.data).not.toContainEqual(
      expect.objectContaining({ id }),
    );
  });
});
