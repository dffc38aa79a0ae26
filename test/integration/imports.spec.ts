import { randomUUID } from 'node:crypto';
import { freshEmail, pointersOf } from '../support/marketing-account.js';
import { SignUpForm } from '../support/sign-up-form.js';
import { type Answer, StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let form: SignUpForm;
let acme: TestAccount;

beforeAll(async () => {
  form = await SignUpForm.open(stack);
  acme = form.account;
});

afterAll(() => stack.close());

const evidence = { obtained_at: '2025-03-01T09:30:00Z', origin: 'Check-out of the shop', wording: 'Yes, by email.' };

async function announce(fields: object = {}): Promise<string> {
  const body = { list_ids: [form.listId], mode: 'pre_verified', evidence, ...fields };
  return (await acme.make('/v1/imports', body)).id;
}

async function putFile(id: string, csv: string | Uint8Array<ArrayBuffer>, type = 'text/csv'): Promise<Answer> {
  const response = await fetch(`${stack.config.publicUrl}/v1/imports/${id}/file`, {
    method: 'PUT',
    body: csv,
    headers: { authorization: `Bearer ${acme.key}`, 'content-type': type },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const importFile = async (csv: string, fields?: object) => putFile(await announce(fields), csv);
const refusalsOf = async (id: string) => (await acme.call('GET', `/v1/imports/${id}/refusals?limit=100`)).body.data;
const contacts = () => stack.db.forAccount(acme.id, (tx) => tx.contact.count());

const mark = (contactId: string, state: { objectedAt?: Date; restrictedAt?: Date; erasingAt?: Date }) =>
  stack.db.forAccount(acme.id, (tx) => tx.contact.update({ where: { id: contactId }, data: state }));

test('a file as a shop exports it comes in: byte order mark, semicolons, quotes, mixed case, its own evidence', async () => {
  const second = await form.newList();
  const [one, two] = [freshEmail(), freshEmail()];
  const csv = [
    'Email;first_name;LAST_NAME;language;time_zone;mobile;external_id;consent_at;consent_ip',
    `${one.toUpperCase()};Åsa;"Lindström; ""Jr"".\nthe second";sv;Europe/Stockholm;0046 70 123 45 67;K-1;2024-02-03T04:05:06+01:00;192.0.2.1`,
    '',
    `${two};;;;;;;;`,
  ];
  const list_ids = [form.listId, second];
  const twoLines = await importFile(`\uFEFF${csv.join('\r\n')}\r\n`, { list_ids });
  expect(twoLines.body).toMatchObject({ status: 'done', total: 2, created: 1, updated: 0, refused: 1 });
  expect(await refusalsOf(twoLines.body.id)).toEqual([{ row: 2, code: 'field_invalid', field: 'last_name' }]);

  csv[1] = csv[1]!.replace('\nthe second', '');
  const { status, body } = await importFile(`\uFEFF${csv.join('\r\n')}\r\n`, { list_ids });
  expect([status, body]).toMatchObject([200, { status: 'done', total: 2, created: 1, updated: 1, refused: 0 }]);
  const card = await form.cardOf(one);
  expect(card).toMatchObject({
    email: one,
    first_name: 'Åsa',
    last_name: 'Lindström; "Jr".',
    language: 'sv',
    time_zone: 'Europe/Stockholm',
    external_id: 'K-1',
    source: 'Import',
    mail_rating: 3,
    tracking_consent: 'none',
  });
  // The evidence is about mail: the mobile number is confirmed by nobody.
  expect(card.channels.map((row: object) => row)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ channel: 'email', permission: 'confirmed', basis: 'consent' }),
      expect.objectContaining({ channel: 'sms', permission: 'pending' }),
    ]),
  );
  expect(card.subscriptions).toHaveLength(2);
  expect(card.subscriptions).toMatchObject([{ status: 'subscribed' }, { status: 'subscribed' }]);
  const proof = await form.evidenceOf(card.id);
  expect(proof.intact).toBe(true);
  expect(proof.events.map((event: { list_id: string }) => event.list_id)).toEqual(list_ids);
  for (const event of proof.events) {
    expect(event).toMatchObject({
      kind: 'imported',
      occurred_at: '2024-02-03T03:05:06.000Z',
      ip: '192.0.2.1',
      wording: evidence.wording,
      origin: evidence.origin,
    });
  }
  const other = await form.evidenceOf((await form.cardOf(two)).id);
  expect(other.events[0]).toMatchObject({ occurred_at: '2025-03-01T09:30:00.000Z', ip: null });
});

test('rows that cannot come in are refused by number and code; the others do; no content is kept', async () => {
  const { body: known } = await acme.call('PUT', '/v1/contacts', {
    body: { email: freshEmail(), mobile: '+46700000001' },
  });
  const [good, later] = [freshEmail(), freshEmail()];
  const rows = [
    'email,first_name,time_zone,mobile,consent_at,consent_ip',
    `${good},,,,,`,
    `${good.toUpperCase()},,,,,`,
    'secret-person,,,,,',
    ',Nameless,,,,',
    `${later},,Mars/Olympus,,,`,
    `${later},,,070,,`,
    `${later},,,+46 70 000 00 01,,`,
    `${later},,,,2999-01-01,`,
    `${later},,,,,999.1.1.1`,
    `${later},x`,
    `${freshEmail()},"Ada\u0007",,,,`,
  ];
  const { body } = await importFile(rows.join('\n'));
  expect(body).toMatchObject({ total: 11, created: 1, updated: 0, refused: 10 });
  expect(await refusalsOf(body.id)).toEqual([
    { row: 3, code: 'duplicate_in_file', field: 'email' },
    { row: 4, code: 'address_invalid', field: 'email' },
    { row: 5, code: 'address_invalid', field: 'email' },
    { row: 6, code: 'field_invalid', field: 'time_zone' },
    { row: 7, code: 'number_invalid', field: 'mobile' },
    { row: 8, code: 'identifier_taken', field: 'mobile' },
    { row: 9, code: 'field_invalid', field: 'consent_at' },
    { row: 10, code: 'field_invalid', field: 'consent_ip' },
    { row: 11, code: 'columns_mismatch', field: null },
    { row: 12, code: 'field_invalid', field: 'first_name' },
  ]);
  expect((await form.cardOf(known.email)).subscriptions).toEqual([]);
  const first = await acme.call('GET', `/v1/imports/${body.id}/refusals?limit=4`);
  const rest = await acme.call('GET', `/v1/imports/${body.id}/refusals?limit=100&cursor=${first.body.next_cursor}`);
  expect([first.body.data.length, rest.body.data.length, rest.body.next_cursor]).toEqual([4, 6, null]);
});

test('nobody who left, objected, is restricted, suppressed or erased is turned back by an import', async () => {
  const second = await form.newList();
  const emails = ['left', 'objected', 'restricted', 'suppressed', 'erased'].map(() => freshEmail());
  const [left, objected, restricted, suppressed, erased] = emails as [string, string, string, string, string];
  const [, objectedId, restrictedId, , erasedId] = await acme.contactsOn(
    form.listId,
    emails.map((email) => ({ email })),
    'unsubscribed',
  );
  await mark(objectedId!, { objectedAt: new Date() });
  await mark(restrictedId!, { restrictedAt: new Date() });
  await mark(erasedId!, { erasingAt: new Date() });
  await acme.make('/v1/suppressions', { email: suppressed });
  const { body } = await importFile(['email', ...emails].join('\n'));
  expect(body).toMatchObject({ created: 0, updated: 0, refused: 5 });
  expect((await refusalsOf(body.id)).map(({ code }: { code: string }) => code)).toEqual([
    'unsubscribed',
    'objected',
    'restricted',
    'suppressed',
    'address_blocked',
  ]);
  for (const email of [left, objected, restricted]) {
    expect((await form.cardOf(email)).subscriptions).toMatchObject([{ status: 'unsubscribed' }]);
  }
  expect(await form.cardOf(erased)).toBeUndefined();

  // With another list beside it, only that one is new.
  const both = await importFile(`email\n${left}`, { list_ids: [form.listId, second] });
  expect(both.body).toMatchObject({ updated: 1, refused: 0 });
  const { subscriptions } = await form.cardOf(left);
  const statusOn = (id: string) => subscriptions.find((row: { list_id: string }) => row.list_id === id).status;
  expect([statusOn(form.listId), statusOn(second)]).toEqual(['unsubscribed', 'subscribed']);
});

test('a known contact gets the subscription with its evidence, and nothing else of the row', async () => {
  const email = freshEmail();
  const { confirm } = await form.signUp(email, { first_name: 'Ada' });
  const before = await form.cardOf(email);
  const { body } = await importFile(`email,first_name,external_id\n${email},Eve,E-1`);
  expect(body).toMatchObject({ created: 0, updated: 1 });
  const after = await form.cardOf(email);
  expect(after).toMatchObject({ id: before.id, first_name: 'Ada', external_id: null, source: 'Form' });
  expect(after).toMatchObject({ channels: [{ permission: 'confirmed' }], subscriptions: [{ status: 'subscribed' }] });
  // The person's own answer still counts.
  expect((await fetch(confirm, { method: 'POST' })).status).toBe(200);
  const proof = await form.evidenceOf(after.id);
  expect(proof.intact).toBe(true);
  expect(proof.events.map(({ kind }: { kind: string }) => kind)).toEqual([
    'requested',
    'confirmation_sent',
    'imported',
    'confirmed',
  ]);
  const again = await importFile(`email\n${email}`);
  expect(again.body).toMatchObject({ created: 0, updated: 1, refused: 0 });
  expect((await form.evidenceOf(after.id)).events).toHaveLength(4);
});

test('without a time for the consent a row is no evidence', async () => {
  const csv = `email,consent_at\n${freshEmail()},\n${freshEmail()},2024-02-03\n`;
  const { body } = await importFile(csv, { evidence: { origin: 'Shop', wording: 'Yes' } });
  expect(body).toMatchObject({ created: 1, refused: 1 });
  expect(await refusalsOf(body.id)).toEqual([{ row: 2, code: 'evidence_missing', field: 'consent_at' }]);
});

test('an import takes one file, also when two arrive at once', async () => {
  const id = await announce();
  const [one, two] = [freshEmail(), freshEmail()];
  const answers = await Promise.all([putFile(id, `email\n${one}`), putFile(id, `email\n${two}`)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const found = [await form.cardOf(one), await form.cardOf(two)].filter(Boolean);
  expect(found).toHaveLength(1);
  expect(await putFile(id, `email\n${freshEmail()}`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('the same new address in two imports at once becomes one contact', async () => {
  const emails = Array.from({ length: 50 }, freshEmail);
  const csv = ['email', ...emails].join('\n');
  const [one, two] = await Promise.all([importFile(csv), importFile(csv)]);
  expect([one.status, two.status]).toEqual([200, 200]);
  expect(one.body.created + two.body.created).toBe(50);
  expect(one.body.updated + two.body.updated).toBe(50);
});

describe('a file that cannot be read leaves nobody in, and the import waits for another', () => {
  const rows = () => ['email', ...Array.from({ length: 1200 }, freshEmail)].join('\n');
  const windows1252 = new Uint8Array([...Buffer.from('email,first_name\na@example.org,Bj'), 0xf6, 0x72, 0x6e]);
  test.each([
    ['that ends inside a quoted field', () => `${rows()}\n"never closed`, 400, 'malformed_body'],
    ['that is not in UTF-8', () => windows1252, 400, 'malformed_body'],
    ['without a header', () => `${freshEmail()},Ada\n${freshEmail()},Eve`, 422, 'validation_failed'],
    ['with a column that is not known', () => 'email,shoe_size\n', 422, 'validation_failed'],
    ['with a column that stands there twice', () => 'email,Email\n', 422, 'validation_failed'],
    ['without addresses', () => 'first_name\nAda', 422, 'validation_failed'],
    ['that is empty', () => '\n\n', 422, 'validation_failed'],
    ['that has too many rows', () => `email\n${'a@example.org\n'.repeat(100_001)}`, 413, 'payload_too_large'],
    ['that is too large', () => `email\n${'a'.repeat(21 * 1024 * 1024)}`, 413, 'payload_too_large'],
  ])('a file %s', async (_, csv, status, code) => {
    const before = await contacts();
    const id = await announce();
    const answer = await putFile(id, csv());
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain('.example');
    expect(await contacts()).toBe(before);
    expect(await putFile(id, `email\n${freshEmail()}`)).toMatchObject({ status: 200, body: { created: 1 } });
  });

  test('a file of another type', async () => {
    const id = await announce();
    expect((await putFile(id, '{}', 'application/json')).status).toBe(415);
    expect((await putFile(id, 'email\n', 'text/csv; charset=windows-1252')).status).toBe(415);
    expect((await acme.call('GET', `/v1/imports/${id}`)).body.status).toBe('awaiting_file');
  });
});

test('5,000 rows come in at once', async () => {
  const run = randomUUID();
  const rows = Array.from({ length: 5000 }, (_, index) => `p${index}@${run}.example,Förnamn ${index}`);
  const { body } = await importFile(['email,first_name', ...rows].join('\n'));
  expect(body).toMatchObject({ total: 5000, created: 5000, updated: 0, refused: 0 });
  const card = await form.cardOf(`p4999@${run}.example`);
  expect(card).toMatchObject({ first_name: 'Förnamn 4999', subscriptions: [{ status: 'subscribed' }] });
  expect(await form.evidenceOf(card.id)).toMatchObject({ intact: true, events: [{ kind: 'imported', sequence: 1 }] });
});

test('lists and imports of another account do not exist', async () => {
  const other = await stack.openAccount('Other');
  const body = { list_ids: [form.listId], mode: 'pre_verified', evidence };
  expect(pointersOf(await other.call('POST', '/v1/imports', { body }))).toEqual(['/list_ids/0']);
  const id = await announce();
  expect((await other.call('GET', `/v1/imports/${id}`)).status).toBe(404);
  expect((await other.call('GET', `/v1/imports/${id}/refusals`)).status).toBe(404);
});
