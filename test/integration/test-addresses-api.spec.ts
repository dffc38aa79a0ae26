import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  freshEmail,
  inbox,
  MarketingAccount,
  mailLimitMs,
  mailsTo,
  pointersOf,
  pressButton,
} from '../support/marketing-account.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let aurora: MarketingAccount;
let acme: TestAccount;
let other: TestAccount;

beforeAll(async () => {
  aurora = await MarketingAccount.open(stack);
  acme = aurora.account;
  other = await stack.openAccount('Other');
});

afterAll(() => stack.close());

describe('test addresses', () => {
  test('an account without a brand cannot ask anybody yet', async () => {
    const answer = await other.call('POST', '/v1/test-addresses', { body: { email: freshEmail() } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect((await other.call('GET', '/v1/test-addresses')).body.data).toEqual([]);
  });

  test('the owner gets one mail however often the address is added, and its button verifies it', async () => {
    const email = freshEmail();
    const added = await Promise.all(
      [email, email.toUpperCase(), email].map((spelling) => acme.make('/v1/test-addresses', { email: spelling })),
    );
    expect(new Set(added.map(({ id }) => id)).size).toBe(1);
    expect(added[0]).toMatchObject({ email, verified: false, verified_at: null });
    const mail = await inbox.find((message) => message.to.includes(email), mailLimitMs);
    await pause(1_500);
    expect(await mailsTo(email)).toHaveLength(1);
    await pressButton(mail.text, 'c');
    await pressButton(mail.text, 'c');
    const { body: address } = await acme.call('GET', `/v1/test-addresses/${added[0].id}`);
    expect(address).toMatchObject({ email, verified: true });
  });

  test('“this was not me” deletes the address', async () => {
    const email = freshEmail();
    const { id } = await acme.make('/v1/test-addresses', { email });
    await pressButton((await inbox.find((message) => message.to.includes(email), mailLimitMs)).text, 'n');
    expect((await acme.call('GET', `/v1/test-addresses/${id}`)).status).toBe(404);
  });

  test('one that is deleted is gone with its key', async () => {
    const id = await aurora.verifiedAddress();
    expect((await acme.call('DELETE', `/v1/test-addresses/${id}`)).status).toBe(204);
    expect((await acme.call('DELETE', `/v1/test-addresses/${id}`)).status).toBe(404);
    expect((await stack.keyring.many(acme.id, [id])).size).toBe(0);
  });

  test('a test send goes to verified addresses only, and to none when one is not', async () => {
    const email = freshEmail();
    const [verified, unverified] = [
      await aurora.verifiedAddress(email),
      (await acme.make('/v1/test-addresses', { email: freshEmail() })).id,
    ];
    const answer = await acme.call('POST', `/v1/templates/${await aurora.newTemplate()}/test-send`, {
      body: { test_address_ids: [verified, unverified, randomUUID()] },
    });
    expect(answer.status).toBe(422);
    expect(pointersOf(answer)).toEqual(['/test_address_ids/1', '/test_address_ids/2']);
    await pause(1_500);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  test('a test send is marked, and one Idempotency-Key sends it once', async () => {
    const email = freshEmail();
    const addressId = await aurora.verifiedAddress(email);
    const path = `/v1/campaigns/${await aurora.newCampaign()}/test-send`;
    const request = { body: { test_address_ids: [addressId] }, headers: { 'idempotency-key': randomUUID() } };
    const [first, second] = [await acme.call('POST', path, request), await acme.call('POST', path, request)];
    expect(first.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const test = await inbox.find((mail) => mail.to.includes(email) && mail.subject.startsWith('[Test]'), mailLimitMs);
    expect(test.text).toContain('November');
    expect(test.headers['message-id']).toContain(first.body.deliveries[0]);
    await pause(1_500);
    expect((await mailsTo(email)).filter((mail) => mail.subject.startsWith('[Test]'))).toHaveLength(1);
  });
});
