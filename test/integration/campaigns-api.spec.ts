import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { deliveryStates } from '../../libs/domain/delivery.js';
import {
  body,
  brandFields,
  freshEmail,
  inbox,
  MarketingAccount,
  mailsTo,
  pointersOf,
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

async function untilState(campaignId: string, states: string[]) {
  const deadline = Date.now() + 45_000;
  for (;;) {
    const { body: campaign } = await acme.call('GET', `/v1/campaigns/${campaignId}`);
    if (states.includes(campaign.state)) return campaign;
    if (Date.now() > deadline) throw new Error(`the campaign is still ${campaign.state}`);
    await pause(50);
  }
}

describe('campaigns', () => {
  test('everything that stands against sending is answered at once, and the campaign stays a draft', async () => {
    const bare = await acme.make('/v1/brands', {
      ...brandFields,
      name: 'Bare',
      controller: null,
      postal_address: null,
    });
    const empty = await acme.make('/v1/lists', { brand_id: bare.id, name: 'Empty', purpose: 'None' });
    const id = await aurora.newCampaign({
      list_id: empty.id,
      template_id: await aurora.newTemplate({ subject: '{{ contact.shoe }}', body: body('x') }),
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
    const id = await aurora.newCampaign();
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
    const list = await aurora.newList();
    const [asa, bo, cia] = [freshEmail(), freshEmail(), freshEmail()];
    const [asaId, boId] = await acme.contactsOn(list, [
      { email: asa, firstName: 'Åsa', lastName: 'Öberg' },
      { email: bo, lastName: 'Berg' },
    ]);
    const [ciaId] = await acme.contactsOn(list, [{ email: cia }], 'unsubscribed');
    await acme.make('/v1/suppressions', { email: bo });
    const templateId = await aurora.newTemplate();
    const id = await aurora.newCampaign({ list_id: list, template_id: templateId });
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
    const list = await aurora.newList();
    await acme.contactsOn(
      list,
      Array.from({ length: 5 }, () => ({ email: freshEmail() })),
    );
    const id = await aurora.newCampaign({ list_id: list });
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
    const list = await aurora.newList();
    const emails = Array.from({ length: 250 }, freshEmail);
    await acme.contactsOn(
      list,
      emails.map((email) => ({ email })),
    );
    const id = await aurora.newCampaign({ list_id: list });
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
    const got = (await inbox.arrivals()).flatMap((mail) => mail.to.filter((to) => wanted.has(to)));
    expect(got).toHaveLength(250);
    expect(new Set(got).size).toBe(250);
  });

  test('a scheduled campaign goes out at its time; one that is cancelled before goes to nobody', async () => {
    const list = await aurora.newList();
    const email = freshEmail();
    await acme.contactsOn(list, [{ email }]);
    const at = new Date(Date.now() + 4_000);
    const [kept, cancelled] = [
      await aurora.newCampaign({ list_id: list, scheduled_at: at.toISOString(), name: 'Kept' }),
      await aurora.newCampaign({ list_id: list, scheduled_at: at.toISOString(), name: 'Cancelled' }),
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
    const list = await aurora.newList();
    await acme.contactsOn(list, [{ email: freshEmail() }, { email: freshEmail() }]);
    const { secret } = await acme.make('/v1/api-keys', { name: 'Test', role: 'marketer', mode: 'test' });
    const id = await aurora.newCampaign({ list_id: list });
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
    const list = await aurora.newList();
    const email = freshEmail();
    await acme.contactsOn(list, [{ email }]);
    const id = await aurora.newCampaign({ list_id: list });
    const answers = await Promise.all([1, 2].map(() => acme.call('POST', `/v1/campaigns/${id}/send`, { body: {} })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    await untilState(id, ['finished']);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  test('the list of campaigns is filtered by state and list', async () => {
    const list = await aurora.newList();
    const id = await aurora.newCampaign({ list_id: list });
    const ids = async (query: string) =>
      (await acme.call('GET', `/v1/campaigns?${query}`)).body.data.map((row: { id: string }) => row.id);
    expect(await ids(`list_id=${list}`)).toEqual([id]);
    expect(await ids(`list_id=${list}&state=finished`)).toEqual([]);
    expect((await acme.call('GET', '/v1/campaigns?state=gone')).status).toBe(422);
  });
});

test('ids of another account are answered like ids that do not exist', async () => {
  const templateId = await aurora.newTemplate();
  const addressId = (await acme.make('/v1/test-addresses', { email: freshEmail() })).id;
  const campaignId = await aurora.newCampaign();
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
    body: { list_id: await aurora.newList(), template_id: templateId, name: 'x' },
  });
  expect(pointersOf(foreign)).toEqual(['/list_id', '/template_id']);
});
