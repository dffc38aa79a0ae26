import { fingerprintOf } from '../../libs/privacy/fingerprint.js';
import { freshEmail } from '../support/marketing-account.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let acme: TestAccount;

beforeAll(async () => {
  acme = await stack.openAccount();
});

afterAll(() => stack.close());

describe('suppressions', () => {
  test('an address is suppressed once, found by its exact spelling only, and lifted', async () => {
    const email = freshEmail();
    const [first, again] = [
      await acme.make('/v1/suppressions', { email }),
      await acme.make('/v1/suppressions', { email: email.toUpperCase() }),
    ];
    expect(again).toEqual(first);
    expect(Object.keys(first).sort()).toEqual(['channel', 'created_at', 'id', 'reason']);
    const search = async (wanted: string) =>
      (await acme.call('POST', '/v1/suppressions/search', { body: { email: wanted } })).body.data;
    expect(await search(email)).toEqual([first]);
    expect(await search(`x${email}`)).toEqual([]);
    expect((await acme.call('DELETE', `/v1/suppressions/${first.id}`)).status).toBe(204);
    expect(await search(email)).toEqual([]);
  });

  test('a number is suppressed for SMS', async () => {
    expect(await acme.make('/v1/suppressions', { mobile: '0046 70-123 45 67' })).toMatchObject({ channel: 'sms' });
    const { body: found } = await acme.call('POST', '/v1/suppressions/search', { body: { mobile: '+46701234567' } });
    expect(found.data).toHaveLength(1);
  });

  test('a complaint is not lifted by the account', async () => {
    const { fingerprint, keyVersion } = await stack.keyring.account(acme.id);
    const { id } = await stack.db.forAccount(acme.id, (tx) =>
      tx.suppression.create({
        data: {
          accountId: acme.id,
          channel: 'email',
          fingerprint: fingerprintOf(fingerprint, 'email', freshEmail()),
          keyVersion,
          reason: 'complaint',
        },
      }),
    );
    expect((await acme.call('DELETE', `/v1/suppressions/${id}`)).status).toBe(409);
  });

  test.each([
    ['neither address', {}],
    ['both addresses', { email: 'a@b.example', mobile: '+46701234567' }],
    ['a reason that only the product gives', { email: 'a@b.example', reason: 'hard_bounce' }],
    ['an address with a header in it', { email: 'a@b.example\r\nBcc: c@d.example' }],
  ])('%s is refused', async (_, given) => {
    expect(await acme.call('POST', '/v1/suppressions', { body: given })).toMatchObject({
      status: 422,
      body: { code: 'validation_failed' },
    });
  });
});
