import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { InboxClient } from '../../apps/stack/inbox-client.js';
import { deliveryStates } from '../../libs/domain/delivery.js';
import { fingerprintOf } from '../../libs/privacy/fingerprint.js';
import { runningStack } from '../support/stack.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
const inbox = new InboxClient(runningStack().urls.inbox);
const mailLimitMs = 20_000;

let acme: TestAccount;
let other: TestAccount;
let brandId: string;
let listId: string;

const newBrand = {
  name: 'Aurora',
  color: '#0b6e4f',
  sender_name: 'Aurora',
  sender_email: 'news@aurora.example',
  controller: 'Aurora Trading AB',
  postal_address: 'Main Street 1\n111 22 Malmö',
};
const body = (text: string) => `<mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section>`;
const greeting = {
  subject: "Hello {{ contact.first_name | default: 'you' }}",
  body: body(
    'Dear {{ contact.last_name }}, {{ list.name }}: {{ campaign.name }} <a href="https://aurora.example/a">shop</a>',
  ),
};

const freshEmail = () => `${randomUUID()}@people.example`;
const mailsTo = async (email: string) => (await inbox.messages()).filter((mail) => mail.to.includes(email));
const newTemplate = async (content: object = greeting): Promise<string> =>
  (await acme.make('/v1/templates', { brand_id: brandId, name: 'Greeting', ...content })).id;

async function newList(): Promise<string> {
  const list = { brand_id: brandId, name: `News ${randomUUID()}`, purpose: 'Monthly news' };
  return (await acme.make('/v1/lists', list)).id;
}

async function newCampaign(fields: object = {}): Promise<string> {
  const campaign = { list_id: listId, template_id: await newTemplate(), name: 'November', ...fields };
  return (await acme.make('/v1/campaigns', campaign)).id;
}

/** A test address whose owner pressed the button in the mail. */
async function verifiedAddress(email = freshEmail()): Promise<string> {
  const { id } = await acme.make('/v1/test-addresses', { email });
  const mail = await inbox.find((message) => message.to.includes(email), mailLimitMs);
  await pressButton(mail.text, 'c');
  return id;
}

async function pressButton(text: string, path: 'c' | 'n'): Promise<void> {
  const url = new RegExp(`http\\S+/${path}/\\S+`).exec(text)?.[0];
  const response = await fetch(url!, { method: 'POST' });
  expect(response.status).toBe(200);
}

async function untilState(campaignId: string, states: string[]) {
  const deadline = Date.now() + 45_000;
  for (;;) {
    const { body: campaign } = await acme.call('GET', `/v1/campaigns/${campaignId}`);
    if (states.includes(campaign.state)) return campaign;
    if (Date.now() > deadline) throw new Error(`the campaign is still ${campaign.state}`);
    await pause(50);
  }
}

const pointersOf = (answer: { body: { problems: Array<{ pointer: string }> } }) =>
  answer.body.problems.map(({ pointer }) => pointer);

beforeAll(async () => {
  [acme, other] = [await stack.openAccount('Aurora'), await stack.openAccount('Other')];
  brandId = (await acme.make('/v1/brands', newBrand)).id;
  listId = await newList();
});

afterAll(() => stack.close());

describe('templates', () => {
  test('one with mistakes is refused with all of them, and nothing is stored', async () => {
    const before = (await acme.call('GET', '/v1/templates')).body.data.length;
    const content = { subject: '{{ contact.email | raw }}', body: body("{% include 'x' %}<script>x</script>") };
    const answer = await acme.call('POST', '/v1/templates', {
      body: { brand_id: brandId, name: 'Broken', ...content },
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(new Set(pointersOf(answer))).toEqual(new Set(['/subject', '/body']));
    expect((await acme.call('GET', '/v1/templates')).body.data).toHaveLength(before);
  });

  test('each change is a version of its own: older ones can be read, and an ETag that is old is refused', async () => {
    const id = await newTemplate();
    const change = (etag: string, content: object) =>
      acme.call('PUT', `/v1/templates/${id}`, { body: content, headers: { 'if-match': etag } });
    const second = await change('"1"', { name: 'Renamed', subject: 'Two', body: body('two') });
    expect(second).toMatchObject({
      status: 200,
      body: { version: 2, current_version: 2, name: 'Renamed', subject: 'Two' },
    });
    expect(second.headers.get('etag')).toBe('"2"');
    expect((await change('"1"', { subject: 'Three', body: body('three') })).body.code).toBe('version_mismatch');
    expect((await change('"2"', { subject: '', body: body('three') })).status).toBe(422);
    expect((await acme.call('GET', `/v1/templates/${id}`)).body).toMatchObject({ version: 2, subject: 'Two' });
    expect((await acme.call('GET', `/v1/templates/${id}?version=1`)).body).toMatchObject({ version: 1, ...greeting });
    expect((await acme.call('GET', `/v1/templates/${id}?version=3`)).status).toBe(404);
  });

  test('of two changes at the same time one is refused', async () => {
    const id = await newTemplate();
    const answers = await Promise.all(
      ['a', 'b'].map((subject) =>
        acme.call('PUT', `/v1/templates/${id}`, { body: { subject, body: body('x') }, headers: { 'if-match': '"1"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('a preview with sample data shows what the mail would be, and what is missing in it', async () => {
    const id = await newTemplate({ ...greeting, body: greeting.body.replace('Dear', '{{ contact.shoe }} Dear') });
    const { status, body: preview } = await acme.call('POST', `/v1/templates/${id}/preview`, {
      body: { sample: { first_name: 'Åsa <b>', email: 'asa@people.example' }, list_id: listId },
    });
    expect(status).toBe(200);
    expect(preview.subject).toBe('Hello Åsa <b>');
    expect(preview.html).toContain('Main Street 1');
    expect(preview.text).toContain('Aurora Trading AB');
    expect(preview.missing.sort()).toEqual(['campaign.name', 'contact.last_name', 'contact.shoe']);
    expect(preview.size_bytes).toBe(Buffer.byteLength(preview.html) + Buffer.byteLength(preview.text));
    expect(preview.links).toContain('https://aurora.example/a');
  });

  test('the unsubscribe link of a preview does nothing', async () => {
    const { body: preview } = await acme.call('POST', `/v1/templates/${await newTemplate()}/preview`, { body: {} });
    const link = preview.links.find((url: string) => url.includes('/u/'));
    expect((await fetch(link, { method: 'POST' })).status).toBe(404);
  });

  test('a preview for a contact whose erasure was asked for, or for no contact, is refused', async () => {
    const id = await newTemplate();
    const [contactId] = await acme.contactsOn(await newList(), [{ email: freshEmail(), firstName: 'Bo' }]);
    const preview = (contact: string) =>
      acme.call('POST', `/v1/templates/${id}/preview`, { body: { contact_id: contact } });
    expect(await preview(contactId!)).toMatchObject({ status: 200, body: { subject: 'Hello Bo' } });
    await stack.db.forAccount(acme.id, (tx) =>
      tx.contact.update({ where: { id: contactId! }, data: { erasingAt: new Date() } }),
    );
    expect((await preview(contactId!)).status).toBe(404);
    expect((await preview(randomUUID())).status).toBe(404);
  });
});

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
    const id = await verifiedAddress();
    expect((await acme.call('DELETE', `/v1/test-addresses/${id}`)).status).toBe(204);
    expect((await acme.call('DELETE', `/v1/test-addresses/${id}`)).status).toBe(404);
    expect((await stack.keyring.many(acme.id, [id])).size).toBe(0);
  });

  test('a test send goes to verified addresses only, and to none when one is not', async () => {
    const email = freshEmail();
    const [verified, unverified] = [
      await verifiedAddress(email),
      (await acme.make('/v1/test-addresses', { email: freshEmail() })).id,
    ];
    const answer = await acme.call('POST', `/v1/templates/${await newTemplate()}/test-send`, {
      body: { test_address_ids: [verified, unverified, randomUUID()] },
    });
    expect(answer.status).toBe(422);
    expect(pointersOf(answer as never)).toEqual(['/test_address_ids/1', '/test_address_ids/2']);
    await pause(1_500);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  test('a test send is marked, and one Idempotency-Key sends it once', async () => {
    const email = freshEmail();
    const addressId = await verifiedAddress(email);
    const path = `/v1/campaigns/${await newCampaign()}/test-send`;
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

describe('campaigns', () => {
  test('everything that stands against sending is answered at once, and the campaign stays a draft', async () => {
    const bare = await acme.make('/v1/brands', { ...newBrand, name: 'Bare', controller: null, postal_address: null });
    const empty = await acme.make('/v1/lists', { brand_id: bare.id, name: 'Empty', purpose: 'None' });
    const id = await newCampaign({
      list_id: empty.id,
      template_id: await newTemplate({ subject: '{{ contact.shoe }}', body: body('x') }),
      scheduled_at: '2026-01-01T00:00:00Z',
    });
    const answer = await acme.call('POST', `/v1/campaigns/${id}/send`, { body: {} });
    expect(answer).toMatchObject({ status: 422, body: { code: 'campaign_not_ready' } });
    expect(pointersOf(answer)).toEqual([
      '/brand/controller',
      '/brand/postal_address',
      '/list_id',
      '/scheduled_at',
      '/template',
    ]);
    expect((await acme.call('GET', `/v1/campaigns/${id}`)).body).toMatchObject({
      state: 'draft',
      template_version: null,
      counts: null,
    });
  });

  test('a draft is changed by whoever saw its last version, and is neither paused nor cancelled', async () => {
    const id = await newCampaign();
    const change = (etag: string) =>
      acme.call('PATCH', `/v1/campaigns/${id}`, { body: { name: 'Renamed' }, headers: { 'if-match': etag } });
    expect(await change('"1"')).toMatchObject({ status: 200, body: { name: 'Renamed', version: 2 } });
    expect(await change('"1"')).toMatchObject({ status: 412 });
    for (const command of ['pause', 'resume', 'cancel']) {
      expect(await acme.call('POST', `/v1/campaigns/${id}/${command}`)).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    }
  });

  test('report, deliveries and inbox agree, and each who was skipped has a reason', async () => {
    const list = await newList();
    const [asa, bo, cia] = [freshEmail(), freshEmail(), freshEmail()];
    const [asaId, boId] = await acme.contactsOn(list, [
      { email: asa, firstName: 'Åsa', lastName: 'Öberg' },
      { email: bo, lastName: 'Berg' },
    ]);
    const [ciaId] = await acme.contactsOn(list, [{ email: cia }], 'unsubscribed');
    await acme.make('/v1/suppressions', { email: bo });
    const templateId = await newTemplate();
    const id = await newCampaign({ list_id: list, template_id: templateId });
    const { body: preview } = await acme.call('POST', `/v1/campaigns/${id}/preview`, { body: { contact_id: asaId } });

    const key = { 'idempotency-key': randomUUID() };
    const sent = await acme.call('POST', `/v1/campaigns/${id}/send`, { body: {}, headers: key });
    expect(sent).toMatchObject({ status: 202, body: { id, state: 'freezing', template_version: 1, sandbox: false } });
    expect((await acme.call('POST', `/v1/campaigns/${id}/send`, { body: {}, headers: key })).body).toEqual(sent.body);
    expect((await acme.call('POST', `/v1/campaigns/${id}/send`, { body: {} })).status).toBe(409);
    const later = { body: { subject: 'Later', body: body('later') }, headers: { 'if-match': '"1"' } };
    expect((await acme.call('PUT', `/v1/templates/${templateId}`, later)).status).toBe(200);

    await untilState(id, ['finished']);
    const { body: report } = await acme.call('GET', `/v1/campaigns/${id}/report`);
    expect(report).toMatchObject({
      audience: 3,
      sent: 1,
      failed: 0,
      unknown: 0,
      counts: { sent: 1, skipped: 2 },
      skipped_by_reason: { suppressed: 1, unsubscribed: 1 },
    });
    expect(Object.keys(report.counts).sort()).toEqual([...deliveryStates].sort());
    expect(report.duration_seconds).toBeCloseTo(
      (Date.parse(report.ended_at) - Date.parse(report.started_at)) / 1000,
      3,
    );

    const [mail, ...more] = await mailsTo(asa);
    expect(more).toEqual([]);
    expect([...(await mailsTo(bo)), ...(await mailsTo(cia))]).toEqual([]);
    expect(mail!.subject).toBe(preview.subject);
    const withoutToken = (text: string) =>
      text
        .replace(/\/u\/[\w-]+/g, '/u/')
        .replace(/\s+/g, ' ')
        .trim();
    expect(withoutToken(mail!.text)).toBe(withoutToken(preview.text));
    expect(withoutToken(mail!.html)).toBe(withoutToken(preview.html));

    const { body: deliveries } = await acme.call('GET', `/v1/campaigns/${id}/deliveries`);
    const outcomes = Object.fromEntries(
      deliveries.data.map((row: Record<string, string>) => [row.contact_id, row.skip_reason ?? row.message_id]),
    );
    expect(outcomes).toEqual({
      [asaId!]: mail!.headers['message-id'],
      [boId!]: 'suppressed',
      [ciaId!]: 'unsubscribed',
    });
    const only = await acme.call('GET', `/v1/campaigns/${id}/deliveries?state=skipped&contact_id=${boId}`);
    expect(only.body.data).toHaveLength(1);
  });

  test('the deliveries come page by page, each once', async () => {
    const list = await newList();
    await acme.contactsOn(
      list,
      Array.from({ length: 5 }, () => ({ email: freshEmail() })),
    );
    const id = await newCampaign({ list_id: list });
    await acme.call('POST', `/v1/campaigns/${id}/send`);
    await untilState(id, ['finished']);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = `limit=2${cursor && `&cursor=${cursor}`}`;
      const { body: page } = await acme.call('GET', `/v1/campaigns/${id}/deliveries?${query}`);
      seen.push(...page.data.map((row: { id: string }) => row.id));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  test('a paused campaign sends nothing until it is resumed, and then the rest, once each', async () => {
    const list = await newList();
    const emails = Array.from({ length: 250 }, freshEmail);
    await acme.contactsOn(
      list,
      emails.map((email) => ({ email })),
    );
    const id = await newCampaign({ list_id: list });
    await acme.call('POST', `/v1/campaigns/${id}/send`, { body: {} });
    await untilState(id, ['sending']);
    expect(await acme.call('POST', `/v1/campaigns/${id}/pause`, { body: {} })).toMatchObject({
      status: 202,
      body: { state: 'paused' },
    });
    // What was being handed over at that moment still goes out.
    await pause(3_000);
    const { body: early } = await acme.call('GET', `/v1/campaigns/${id}/report`);
    await pause(2_000);
    const { body: late } = await acme.call('GET', `/v1/campaigns/${id}/report`);
    expect(early.counts.queued).toBeGreaterThan(0);
    expect(late.counts).toEqual(early.counts);
    expect(late.audience).toBe(250);
    expect((await acme.call('POST', `/v1/campaigns/${id}/resume`, { body: {} })).body.state).toBe('sending');
    await untilState(id, ['finished']);
    expect((await acme.call('GET', `/v1/campaigns/${id}/report`)).body).toMatchObject({ audience: 250, sent: 250 });
    const wanted = new Set(emails);
    const got = (await inbox.messages()).flatMap((mail) => mail.to.filter((to) => wanted.has(to)));
    expect(got).toHaveLength(250);
    expect(new Set(got).size).toBe(250);
  });

  test('a scheduled campaign goes out at its time; one that is cancelled before goes to nobody', async () => {
    const list = await newList();
    const email = freshEmail();
    await acme.contactsOn(list, [{ email }]);
    const at = new Date(Date.now() + 4_000);
    const [kept, cancelled] = [
      await newCampaign({ list_id: list, scheduled_at: at.toISOString(), name: 'Kept' }),
      await newCampaign({ list_id: list, scheduled_at: at.toISOString(), name: 'Cancelled' }),
    ];
    for (const id of [kept, cancelled]) {
      expect((await acme.call('POST', `/v1/campaigns/${id}/send`)).body.state).toBe('scheduled');
    }
    expect((await acme.call('POST', `/v1/campaigns/${cancelled}/cancel`)).body.state).toBe('cancelled');
    const campaign = await untilState(kept, ['finished']);
    expect(Date.parse(campaign.started_at)).toBeGreaterThanOrEqual(at.getTime());
    const mails = await mailsTo(email);
    expect(mails.map((mail) => /Kept|Cancelled/.exec(mail.text)?.[0])).toEqual(['Kept']);
    expect((await acme.call('GET', `/v1/campaigns/${cancelled}/report`)).body).toMatchObject({ audience: 0, sent: 0 });
  });

  test('a campaign that is sent with a test key is sandboxed, down to each row of its ledger', async () => {
    const list = await newList();
    await acme.contactsOn(list, [{ email: freshEmail() }, { email: freshEmail() }]);
    const { secret } = await acme.make('/v1/api-keys', { name: 'Test', role: 'marketer', mode: 'test' });
    const id = await newCampaign({ list_id: list });
    const sent = await acme.call('POST', `/v1/campaigns/${id}/send`, { key: secret, body: {} });
    expect(sent).toMatchObject({ status: 202, body: { sandbox: true } });
    await untilState(id, ['finished']);
    const rows = await stack.db.forAccount(acme.id, (tx) => tx.delivery.findMany({ where: { campaignId: id } }));
    expect(rows.map(({ sandbox, state }) => ({ sandbox, state }))).toEqual([
      { sandbox: true, state: 'sent' },
      { sandbox: true, state: 'sent' },
    ]);
  });

  test('told to send twice at the same time, a campaign is sent once', async () => {
    const list = await newList();
    const email = freshEmail();
    await acme.contactsOn(list, [{ email }]);
    const id = await newCampaign({ list_id: list });
    const answers = await Promise.all([1, 2].map(() => acme.call('POST', `/v1/campaigns/${id}/send`, { body: {} })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    await untilState(id, ['finished']);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  test('the list of campaigns is filtered by state and list', async () => {
    const list = await newList();
    const id = await newCampaign({ list_id: list });
    const ids = async (query: string) =>
      (await acme.call('GET', `/v1/campaigns?${query}`)).body.data.map((row: { id: string }) => row.id);
    expect(await ids(`list_id=${list}`)).toEqual([id]);
    expect(await ids(`list_id=${list}&state=finished`)).toEqual([]);
    expect((await acme.call('GET', '/v1/campaigns?state=gone')).status).toBe(422);
  });
});

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

test('ids of another account are answered like ids that do not exist', async () => {
  const templateId = await newTemplate();
  const addressId = (await acme.make('/v1/test-addresses', { email: freshEmail() })).id;
  const campaignId = await newCampaign();
  const suppressionId = (await acme.make('/v1/suppressions', { email: freshEmail() })).id;
  const change = { subject: 'x', body: body('x') };
  const attempts: Array<[string, string, object?]> = [
    ['GET', `/v1/templates/${templateId}`],
    ['PUT', `/v1/templates/${templateId}`, change],
    ['POST', `/v1/templates/${templateId}/preview`, {}],
    ['POST', `/v1/templates/${templateId}/test-send`, { test_address_ids: [addressId] }],
    ['GET', `/v1/test-addresses/${addressId}`],
    ['DELETE', `/v1/test-addresses/${addressId}`],
    ['GET', `/v1/campaigns/${campaignId}`],
    ['PATCH', `/v1/campaigns/${campaignId}`, { name: 'x' }],
    ['POST', `/v1/campaigns/${campaignId}/preview`, {}],
    ['POST', `/v1/campaigns/${campaignId}/test-send`, { test_address_ids: [addressId] }],
    ['POST', `/v1/campaigns/${campaignId}/send`, {}],
    ['POST', `/v1/campaigns/${campaignId}/pause`, {}],
    ['POST', `/v1/campaigns/${campaignId}/cancel`, {}],
    ['GET', `/v1/campaigns/${campaignId}/report`],
    ['GET', `/v1/campaigns/${campaignId}/deliveries`],
    ['GET', `/v1/suppressions/${suppressionId}`],
    ['DELETE', `/v1/suppressions/${suppressionId}`],
  ];
  for (const [method, path, sent] of attempts) {
    const answer = await other.call(method, path, { body: sent, headers: { 'if-match': '"1"' } });
    expect({ method, path, status: answer.status }).toEqual({ method, path, status: 404 });
  }
  const foreign = await other.call('POST', '/v1/campaigns', {
    body: { list_id: listId, template_id: templateId, name: 'x' },
  });
  expect(pointersOf(foreign)).toEqual(['/list_id', '/template_id']);
});
