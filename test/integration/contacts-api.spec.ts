import { randomUUID } from 'node:crypto';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { freshEmail, inbox, mailLimitMs, mailsTo, pointersOf } from '../support/marketing-account.js';
import { linksOf, SignUpForm } from '../support/sign-up-form.js';
import { type Answer, StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let form: SignUpForm;
let acme: TestAccount;

beforeAll(async () => {
  form = await SignUpForm.open(stack);
  acme = form.account;
});

afterAll(() => stack.close());

const put = (body: object, account = acme) => account.call('PUT', '/v1/contacts', { body });
const search = async (body: object, account = acme) =>
  (await account.call('POST', '/v1/contacts/search', { body })).body.data;
const freshMobile = () => `+4670${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
const change = (id: string, version: number, body: object) =>
  acme.call('PATCH', `/v1/contacts/${id}`, { body, headers: { 'if-match': `"${version}"` } });

/** What only the person, or a request of the person's, sets. */
const mark = (contactId: string, state: { objectedAt?: Date; restrictedAt?: Date; erasingAt?: Date }) =>
  stack.db.forAccount(acme.id, (tx) => tx.contact.update({ where: { id: contactId }, data: state }));

async function eventsOf(contactId: string, kind: string) {
  const deadline = Date.now() + mailLimitMs;
  for (;;) {
    const events = (await form.evidenceOf(contactId)).events.filter((event: { kind: string }) => event.kind === kind);
    if (events.length > 0) return events;
    if (Date.now() > deadline) throw new Error(`there is no event ${kind}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('creating and updating by an identifier', () => {
  test('an unknown address becomes a pending contact; the same call again updates it', async () => {
    const [email, externalId] = [freshEmail(), randomUUID()];
    const created = await put({ email: ` ${email.toUpperCase()} `, first_name: 'Ada', external_id: externalId });
    expect(created).toMatchObject({
      status: 201,
      body: {
        email,
        first_name: 'Ada',
        source: 'API',
        mail_rating: 3,
        channels: [{ channel: 'email', permission: 'pending', basis: 'consent', confirmed_at: null }],
        subscriptions: [],
      },
    });
    expect(created.body.subscriber_id).toMatch(/^S-[0-9A-Z]{12}$/);
    const mobile = freshMobile();
    const updated = await put({ external_id: externalId, mobile, time_zone: 'Europe/Stockholm', language: 'sv-se' });
    expect(updated).toMatchObject({
      status: 200,
      body: { id: created.body.id, email, mobile, first_name: 'Ada', language: 'sv-SE', version: 2 },
    });
    expect(updated.body.channels).toMatchObject([{ permission: 'pending' }, { permission: 'pending' }]);
    expect(updated.headers.get('etag')).toBe('"2"');
  });

  test('identifiers of two contacts are a conflict, and neither changes', async () => {
    const [one, two] = [await put({ email: freshEmail() }), await put({ email: freshEmail(), mobile: freshMobile() })];
    const answer = await put({ email: one.body.email, mobile: two.body.mobile, first_name: 'Mallory' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const other = await put({ mobile: two.body.mobile, email: freshEmail() });
    expect(other).toMatchObject({ status: 409, body: { code: 'conflict' } });
    for (const { body } of [one, two]) expect((await acme.call('GET', `/v1/contacts/${body.id}`)).body).toEqual(body);
  });

  test('the same address from many callers at once becomes one contact', async () => {
    const email = freshEmail();
    const answers = await Promise.all(Array.from({ length: 6 }, () => put({ email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  test('every field that is not valid is named, and nothing is written', async () => {
    const email = freshEmail();
    const answer = await put({
      email,
      mobile: '070-123',
      first_name: 'Ada\r\nBcc: all@example.org',
      language: 'klingon!',
      time_zone: 'Mars/Olympus',
      basis: 'because',
      shoe_size: 41,
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect(pointersOf(answer).sort()).toEqual(
      ['/basis', '/first_name', '/language', '/mobile', '/shoe_size', '/time_zone'].sort(),
    );
    expect(JSON.stringify(answer.body)).not.toContain('Bcc');
    expect(await search({ email })).toEqual([]);
    expect((await put({ first_name: 'Nobody' })).status).toBe(422);
    expect(pointersOf(await put({ external_id: randomUUID() }))).toEqual(['/external_id']);
    expect(pointersOf(await put({ email: 'a@b@c' }))).toEqual(['/email']);
  });

  test('an address whose erasure was asked for is blocked, and its card is hidden everywhere', async () => {
    const { body: card } = await put({ email: freshEmail(), external_id: randomUUID() });
    await mark(card.id, { erasingAt: new Date() });
    expect(await put({ email: card.email })).toMatchObject({ status: 409, body: { code: 'address_blocked' } });
    expect((await put({ external_id: card.external_id })).status).toBe(409);
    expect((await acme.call('GET', `/v1/contacts/${card.id}`)).status).toBe(404);
    expect((await acme.call('GET', `/v1/contacts/${card.id}/evidence`)).status).toBe(404);
    expect((await change(card.id, 1, { first_name: 'Ada' })).status).toBe(404);
    const unsubscribe = { body: { all: true } };
    expect((await acme.call('POST', `/v1/contacts/${card.id}/unsubscribe`, unsubscribe)).status).toBe(404);
    expect(await search({ email: card.email })).toEqual([]);
    const { body: page } = await acme.call('GET', '/v1/contacts?limit=100');
    expect(page.data.map(({ id }: { id: string }) => id)).not.toContain(card.id);
  });

  test('an objection stays, and nobody who objected is asked to confirm', async () => {
    const { body: card } = await put({ email: freshEmail() });
    await mark(card.id, { objectedAt: new Date() });
    expect(await put({ email: card.email, opt_in: { list_ids: [form.listId] } })).toMatchObject({ status: 409 });
    const updated = await put({ email: card.email, first_name: 'Ada' });
    expect(updated.status).toBe(200);
    expect(updated.body.objected_at).not.toBeNull();
  });

  test('a restricted contact is stored and not changed', async () => {
    const { body: card } = await put({ email: freshEmail() });
    await mark(card.id, { restrictedAt: new Date() });
    expect((await put({ email: card.email, first_name: 'Ada' })).status).toBe(409);
    expect((await change(card.id, 1, { first_name: 'Ada' })).status).toBe(409);
    expect((await acme.call('GET', `/v1/contacts/${card.id}`)).body).toMatchObject({ first_name: null, version: 1 });
  });
});

describe('asking to confirm by API', () => {
  test('without the person’s IP, time and wording the sign-up is marked as reported; with all of them it is not', async () => {
    const [bare, whole] = [freshEmail(), freshEmail()];
    await put({ email: bare, opt_in: { list_ids: [form.listId], consent: { ip: '203.0.113.9' } } });
    const consent = { ip: '203.0.113.9', at: '2026-01-02T03:04:05+01:00', wording: 'Yes, write to me.' };
    await put({ email: whole, opt_in: { list_ids: [form.listId], consent } });
    const [bareCard, wholeCard] = [await form.cardOf(bare), await form.cardOf(whole)];
    expect(await eventsOf(bareCard.id, 'reported')).toMatchObject([{ reported: true, ip: '203.0.113.9' }]);
    expect(await eventsOf(wholeCard.id, 'requested')).toMatchObject([
      { reported: false, occurred_at: '2026-01-02T02:04:05.000Z', wording: 'Yes, write to me.', ip: '203.0.113.9' },
    ]);
    await inbox.find((mail) => mail.to.includes(whole), mailLimitMs);
    expect(await form.cardOf(whole)).toMatchObject({
      id: wholeCard.id,
      channels: [{ permission: 'pending' }],
      subscriptions: [{ list_id: form.listId, status: 'pending' }],
    });
  });

  test('an unknown list is named, and the contact is not made', async () => {
    const [email, lists] = [freshEmail(), [form.listId, randomUUID()]];
    expect(pointersOf(await put({ email, opt_in: { list_ids: lists } }))).toEqual(['/opt_in/list_ids/1']);
    expect(await search({ email })).toEqual([]);
    const future = { ip: '203.0.113.9', at: '2999-01-01T00:00:00Z', wording: 'Yes' };
    expect(pointersOf(await put({ email, opt_in: { list_ids: [form.listId], consent: future } }))).toEqual([
      '/opt_in/consent/at',
    ]);
    expect(pointersOf(await put({ mobile: freshMobile(), opt_in: { list_ids: [form.listId] } }))).toEqual(['/opt_in']);
  });
});

describe('finding', () => {
  test('only the whole identifier finds a contact, and only in its own account', async () => {
    const other = await stack.openAccount('Other');
    const { body: card } = await put({ email: freshEmail(), mobile: freshMobile(), external_id: randomUUID() });
    for (const key of ['email', 'mobile', 'external_id']) {
      expect(await search({ [key]: card[key] })).toEqual([card]);
      expect(await search({ [key]: card[key] }, other)).toEqual([]);
    }
    expect(await search({ external_id: card.external_id.slice(1) })).toEqual([]);
    expect(await search({ email: card.email.slice(1) })).toEqual([]);
    expect((await other.call('GET', `/v1/contacts/${card.id}`)).status).toBe(404);
    const both = await acme.call('POST', '/v1/contacts/search', { body: { email: card.email, mobile: card.mobile } });
    expect(both.status).toBe(422);
    expect((await acme.call('GET', `/v1/contacts?email=${card.email}`)).status).toBe(422);
  });

  test('a list of contacts is filtered by list, status, source and permission, and read page by page', async () => {
    const account = await stack.openAccount();
    const brand = await account.make('/v1/brands', {
      name: 'B',
      color: '#000000',
      sender_name: 'B',
      sender_email: 'b@b.example',
    });
    const [one, two] = await Promise.all(
      ['One', 'Two'].map((name) => account.make('/v1/lists', { brand_id: brand.id, name, purpose: 'News' })),
    );
    const subscribed = await account.contactsOn(one.id, [{ email: freshEmail() }, { email: freshEmail() }]);
    const [left] = await account.contactsOn(one.id, [{ email: freshEmail() }], 'unsubscribed');
    const [elsewhere] = await account.contactsOn(two.id, [{ email: freshEmail() }]);
    const { body: added } = await put({ email: freshEmail() }, account);
    const ids = async (query: string) =>
      (await account.call('GET', `/v1/contacts?${query}`)).body.data.map(({ id }: { id: string }) => id).sort();
    expect(await ids(`list_id=${one.id}`)).toEqual([...subscribed, left].sort());
    expect(await ids(`list_id=${one.id}&status=subscribed`)).toEqual([...subscribed].sort());
    expect(await ids('status=subscribed')).toEqual([...subscribed, elsewhere].sort());
    expect(await ids('source=API')).toEqual([added.id]);
    expect(await ids('permission=pending')).toEqual([added.id]);

    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor && `&cursor=${cursor}`;
      const page: Answer = await account.call('GET', `/v1/contacts?limit=2&sort=created_at${query}`);
      seen.push(...page.body.data.map(({ id }: { id: string }) => id));
      cursor = page.body.next_cursor;
    }
    expect([...seen].sort()).toEqual([...subscribed, left, elsewhere, added.id].sort());
    expect(seen.at(-1)).toBe(added.id);
  });

  test('operator’s staff see masked addresses and no names', async () => {
    const { secret, secretHash } = issueSecret('operator');
    await createOperatorKey(stack.db, { name: 'Spec', secretHash });
    const { body: card } = await put({
      email: freshEmail(),
      mobile: freshMobile(),
      first_name: 'Ada',
      external_id: randomUUID(),
    });
    const headers = { 'assent-account': acme.id };
    const { body: seen } = await acme.call('GET', `/v1/contacts/${card.id}`, { key: secret, headers });
    expect(seen).toMatchObject({ id: card.id, first_name: null, external_id: null });
    expect(seen.email).toMatch(/\*.*@/);
    expect(seen.mobile).toContain('*');
    const { body: page } = await acme.call('GET', '/v1/contacts?limit=100', { key: secret, headers });
    expect(JSON.stringify(page)).not.toContain(card.email);
    const evidence = await acme.call('GET', `/v1/contacts/${card.id}/evidence`, { key: secret, headers });
    expect(evidence.status).toBe(403);
  });
});

describe('changing', () => {
  test('names are changed and emptied; the address is not changed; a version that is past is refused', async () => {
    const { body: card } = await put({ email: freshEmail(), first_name: 'Ada', last_name: 'L' });
    const changed = await change(card.id, 1, { first_name: null, last_name: 'Öberg', external_id: randomUUID() });
    expect(changed).toMatchObject({ status: 200, body: { first_name: null, last_name: 'Öberg', version: 2 } });
    expect(await search({ external_id: changed.body.external_id })).toEqual([changed.body]);
    expect((await change(card.id, 1, { last_name: 'X' })).status).toBe(412);
    const without = await acme.call('PATCH', `/v1/contacts/${card.id}`, { body: { last_name: 'X' } });
    expect(without.status).toBe(428);
    expect(pointersOf(await change(card.id, 2, { email: freshEmail() }))).toEqual(['/email']);
    const { body: other } = await put({ email: freshEmail() });
    const taken = await change(other.id, 1, { external_id: changed.body.external_id });
    expect(taken).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  });
});

describe('unsubscribing on the person’s behalf', () => {
  test('ends one list or all of them, says in the evidence that it was told, and repeats without effect', async () => {
    const [first, second] = [form.listId, await form.newList()];
    const email = freshEmail();
    const [id] = await acme.contactsOn(first, [{ email }]);
    await stack.db.forAccount(acme.id, (tx) =>
      tx.subscription.create({
        data: { contactId: id!, listId: second, accountId: acme.id, status: 'subscribed', source: 'import' },
      }),
    );
    const unsubscribe = (body: object) => acme.call('POST', `/v1/contacts/${id}/unsubscribe`, { body });
    const statuses = (answer: Answer) =>
      Object.fromEntries(
        answer.body.subscriptions.map((row: { list_id: string; status: string }) => [row.list_id, row.status]),
      );
    const one = await unsubscribe({ list_id: first, how_asked: 'By telephone' });
    expect(statuses(one)).toEqual({ [first]: 'unsubscribed', [second]: 'subscribed' });
    expect(one.body.channels).toMatchObject([{ permission: 'confirmed' }]);
    const all = await unsubscribe({ all: true });
    expect(statuses(all)).toEqual({ [first]: 'unsubscribed', [second]: 'unsubscribed' });
    expect((await unsubscribe({ all: true })).status).toBe(200);
    expect((await form.evidenceOf(id!)).events).toMatchObject([
      { kind: 'unsubscribed', list_id: first, reported: true, origin: 'By telephone', ip: null },
      { kind: 'unsubscribed_all', list_id: second, reported: true },
    ]);
    expect((await unsubscribe({ list_id: randomUUID() })).status).toBe(422);
    expect((await unsubscribe({})).status).toBe(422);
  });

  test('a confirmation that is awaited ends with it', async () => {
    const email = freshEmail();
    await form.signUp(email);
    const card = await form.cardOf(email);
    await acme.call('POST', `/v1/contacts/${card.id}/unsubscribe`, { body: { list_id: form.listId } });
    const [mail] = await mailsTo(email);
    const pressed = await fetch(linksOf(mail!).confirm, { method: 'POST' });
    expect(pressed.status).toBe(410);
    expect(await form.cardOf(email)).toMatchObject({
      channels: [{ permission: 'pending' }],
      subscriptions: [{ status: 'unsubscribed' }],
    });
  });
});

test('the proof of consent is a page to print where a page is asked for', async () => {
  const { body: card } = await put({ email: freshEmail() });
  const consent = { ip: '203.0.113.77', at: '2026-01-02T03:04:05Z', wording: 'Yes <please>.' };
  await put({ email: card.email, opt_in: { list_ids: [form.listId], consent } });
  await eventsOf(card.id, 'requested');
  const response = await fetch(`${stack.config.publicUrl}/v1/contacts/${card.id}/evidence`, {
    headers: {
      authorization: `Bearer ${acme.key}`,
      accept: 'text/html,application/xhtml+xml',
      'accept-language': 'sv',
    },
  });
  const html = await response.text();
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain("style-src 'self'");
  expect(html).toContain('lang="sv"');
  for (const part of [card.subscriber_id, '203.0.113.77', 'Yes &lt;please&gt;.', '2026-01-02 03:04:05 UTC']) {
    expect(html).toContain(part);
  }
});
