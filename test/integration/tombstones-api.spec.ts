import { eventually } from '../../apps/stack/demo/deviation.js';
import { brandFields, freshEmail, inbox, mailLimitMs, pressButton } from '../support/marketing-account.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let acme: TestAccount;
let other: TestAccount;
let listId: string;

const erasedWithin = 30_000;
let numbers = 0;
const freshMobile = () => `+4670${Date.now().toString().slice(-6)}${(numbers++).toString().padStart(2, '0')}`;

/** A contact with an email address and a mobile number, erased. */
async function erasedPerson() {
  const person = { email: freshEmail(), mobile: freshMobile() };
  const card = (await acme.call('PUT', '/v1/contacts', { body: person })).body;
  const { id } = await acme.make('/v1/erasures', { contact_id: card.id });
  await eventually('the erasure to end', erasedWithin, async () => {
    return (await acme.call('GET', `/v1/erasures/${id}`)).body.status === 'done';
  });
  return { ...person, contactId: card.id as string };
}

const search = async (body: object, account = acme) =>
  (await account.call('POST', '/v1/tombstones/search', { body })).body;

beforeAll(async () => {
  acme = await stack.openAccount();
  other = await stack.openAccount();
  const brand = await acme.make('/v1/brands', brandFields);
  listId = (await acme.make('/v1/lists', { brand_id: brand.id, name: 'Letter', purpose: 'A letter.' })).id;
});

afterAll(() => stack.close());

test('the exact address and the exact mobile number find the same tombstone, anything else finds nothing', async () => {
  const { email, mobile } = await erasedPerson();
  const byEmail = await search({ email: email.toUpperCase() });
  expect(byEmail).toMatchObject({ blocked: true, contact: null, tombstones: [{ permission: 'deleted' }] });
  expect(await search({ mobile: mobile.replace('+46', '0046 ') })).toEqual(byEmail);
  expect(byEmail.tombstones[0].channels.sort()).toEqual(['email', 'sms']);
  expect((await search({ email: `x${email}` })).tombstones).toEqual([]);
  expect((await search({ mobile: mobile.replace(/.$/, (digit) => `${(Number(digit) + 1) % 10}`) })).tombstones).toEqual(
    [],
  );
  expect(await search({ email }, other)).toEqual({ tombstones: [], blocked: false, contact: null });
  expect(JSON.stringify(byEmail)).not.toContain(email);
});

test('a search names one of address and number', async () => {
  for (const body of [{}, { email: freshEmail(), mobile: freshMobile() }, { mobile: '070-123' }]) {
    expect((await acme.call('POST', '/v1/tombstones/search', { body })).status).toBe(422);
  }
});

test('an erased number is blocked like an erased address', async () => {
  const { mobile } = await erasedPerson();
  const refused = await acme.call('PUT', '/v1/contacts', { body: { mobile } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'address_blocked' } });
});

describe('the way back', () => {
  const ask = (tombstoneId: string, email: string, account = acme) =>
    account.call('POST', `/v1/tombstones/${tombstoneId}/resubscribe`, {
      body: { email, list_ids: [listId], how_asked: 'By telephone' },
    });

  test('is offered to the address of the tombstone only, once in thirty days, and needs the person', async () => {
    const { email, contactId } = await erasedPerson();
    const [tombstone] = (await search({ email })).tombstones;
    expect(await ask(tombstone.id, freshEmail())).toMatchObject({ status: 409, body: { code: 'tombstone_mismatch' } });
    expect((await ask(tombstone.id, email, other)).status).toBe(404);
    expect(await ask(tombstone.id, email)).toMatchObject({ status: 202, body: { must_confirm: true } });
    expect(await ask(tombstone.id, email)).toMatchObject({ status: 409, body: { code: 'resubscription_too_soon' } });
    expect(await search({ email })).toMatchObject({ blocked: true, contact: null });

    const mail = await inbox.find((message) => message.to.includes(email), mailLimitMs);
    await pressButton(mail.text, 'c');
    const after = await search({ email });
    expect(after).toMatchObject({ blocked: false, contact: { source: 'Resubscribed' }, tombstones: [tombstone] });
    expect(after.contact.id).not.toBe(contactId);
    expect(await ask(tombstone.id, email)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  test('ends for staff when the person says that it was not them', async () => {
    const { email } = await erasedPerson();
    const [tombstone] = (await search({ email })).tombstones;
    expect((await ask(tombstone.id, email)).status).toBe(202);
    const mail = await inbox.find((message) => message.to.includes(email), mailLimitMs);
    await pressButton(mail.text, 'n');
    expect(await ask(tombstone.id, email)).toMatchObject({ status: 409, body: { code: 'resubscription_too_soon' } });
    expect(await search({ email })).toMatchObject({ blocked: true, contact: null });
  });
});
