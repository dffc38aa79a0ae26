import { setTimeout as pause } from 'node:timers/promises';
import type { InboxMessage } from '../../apps/stack/inbox-client.js';
import { AccountRows } from '../support/account-rows.js';
import { body, freshEmail, inbox, MarketingAccount, mailLimitMs, pressButton } from '../support/marketing-account.js';
import { formTexts, linksOf } from '../support/sign-up-form.js';
import { runningStack } from '../support/stack.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

// Link scanners of mail providers open every link of a mail before the person does, some of them with HEAD or OPTIONS,
// and open it many times. Only a POST may change anything.

const repeats = 50;
const methods = ['GET', 'HEAD', 'OPTIONS'];

const stack = new StackAccess();
let account: TestAccount;
let rows: AccountRows;
let before: Record<string, string[]>;
let mails: Record<string, InboxMessage>;

const mailTo = (email: string, match: (mail: InboxMessage) => boolean = () => true) =>
  inbox.find((mail) => mail.to.includes(email) && match(mail), mailLimitMs);

/** Every http link of a mail that leads to us: in its text, its HTML and its headers. */
function linksIn(mail: InboxMessage): string[] {
  const own = new URL(runningStack().urls.api).origin;
  const everything = [mail.text, mail.html.replaceAll('&amp;', '&'), ...Object.values(mail.headers)].join('\n');
  const urls = everything.match(/https?:\/\/[^\s"'<>)]+/g) ?? [];
  return [...new Set(urls)].filter((url) => URL.canParse(url) && new URL(url).origin === own);
}

/** A sign-up of a form that reminds soon, answered or not. */
async function signUp(formUrl: string, email: string): Promise<InboxMessage> {
  await fetch(formUrl, { method: 'POST', body: new URLSearchParams({ email, consent: 'yes' }) });
  return mailTo(email);
}

beforeAll(async () => {
  const company = await MarketingAccount.open(stack);
  account = company.account;
  const { body: brand, headers } = await account.call('GET', `/v1/brands/${company.brandId}`);
  const { status } = await account.call('PATCH', `/v1/brands/${brand.id}`, {
    body: { privacy_notice_url: 'https://aurora.example/privacy' },
    headers: { 'if-match': headers.get('etag')! },
  });
  expect(status).toBe(200);
  const list = await account.make('/v1/lists', {
    brand_id: company.brandId,
    name: 'News',
    purpose: 'Monthly news',
    reminder_after_seconds: [1],
  });
  const form = await account.make('/v1/forms', { list_id: list.id, name: 'Start page', languages: formTexts });
  const { url } = await account.make(`/v1/forms/${form.id}/publish`, {});

  const [waiting, joined, erased, tester] = [freshEmail(), freshEmail(), freshEmail(), freshEmail()];
  const confirmation = await signUp(url, waiting);
  const reminder = await mailTo(waiting, (mail) => mail.id !== confirmation.id);
  for (const email of [joined, erased]) await pressButton((await signUp(url, email)).text, 'c');

  const [contact] = (await account.call('POST', '/v1/contacts/search', { body: { email: erased } })).body.data;
  const { id: erasureId } = await account.make('/v1/erasures', { contact_id: contact.id });
  await expectSoon(async () => (await account.call('GET', `/v1/erasures/${erasureId}`)).body.status === 'done');
  const found = await account.call('POST', '/v1/tombstones/search', { body: { email: erased } });
  await account.make(`/v1/tombstones/${found.body.tombstones[0].id}/resubscribe`, {
    email: erased,
    list_ids: [list.id],
    how_asked: 'By telephone',
  });
  const resubscription = await mailTo(
    erased,
    (mail) =>
      Date.parse(mail.time) >= Date.parse(found.body.tombstones[0].erased_at) - 1_000 &&
      mail.subject !== confirmation.subject,
  );

  const { id: testAddressId } = await account.make('/v1/test-addresses', { email: tester });
  const verification = await mailTo(tester);
  const { id: verifiedId } = await account.make('/v1/test-addresses', { email: joined });
  const joinedMails = await mailTo(joined, (mail) => mail.subject === verification.subject);
  await pressButton(joinedMails.text, 'c');
  expect(testAddressId).not.toBe(verifiedId);

  const template = await company.newTemplate({
    subject: 'The November letter',
    body: body('{{ list.name }} <a href="https://aurora.example/a">shop</a>'),
  });
  const campaignId = await company.newCampaign({ list_id: list.id, template_id: template });
  await account.make(`/v1/campaigns/${campaignId}/test-send`, { test_address_ids: [verifiedId] });
  const test = await mailTo(joined, (mail) => mail.subject.startsWith('[Test]'));
  await account.make(`/v1/campaigns/${campaignId}/send`, {});
  const campaign = await mailTo(joined, (mail) => mail.subject === 'The November letter');

  mails = { confirmation, reminder, resubscription, 'address verification': verification, campaign, test };
  rows = await AccountRows.open(stack.config.databaseUrl, account.id);
  before = await rows.settled();
});

afterAll(async () => {
  await rows?.close();
  await stack.close();
});

async function expectSoon(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + mailLimitMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('It did not come true in time.');
    await pause(100);
  }
}

const kinds = ['confirmation', 'reminder', 'resubscription', 'address verification', 'campaign', 'test'];

test('every kind of mail is there, each with the links that it must have', () => {
  expect(Object.keys(mails)).toEqual(kinds);
  for (const kind of ['confirmation', 'reminder', 'resubscription', 'address verification']) {
    const { confirm, reject } = linksOf(mails[kind]!);
    expect(linksIn(mails[kind]!)).toEqual(expect.arrayContaining([confirm, reject]));
  }
  const unsubscribe = /<(http[^>]+)>/.exec(mails.campaign!.headers['list-unsubscribe']!)![1]!;
  expect(linksIn(mails.campaign!)).toContain(unsubscribe);
});

test.each(kinds)(`${repeats} GET, HEAD and OPTIONS on every link of the mail “%s” change nothing`, async (kind) => {
  const links = linksIn(mails[kind]!);
  expect(before.contacts!.length).toBeGreaterThan(0);
  for (const link of links) {
    const statuses = new Set<string>();
    await Promise.all(
      methods.map(async (method) => {
        for (let time = 0; time < repeats; time += 1) {
          const response = await fetch(link, { method, redirect: 'manual' });
          await response.arrayBuffer();
          statuses.add(`${method} ${response.status}`);
        }
      }),
    );
    expect([...statuses].filter((status) => status.startsWith('GET'))).toEqual(['GET 200']);
    expect([...statuses].filter((status) => / 5\d\d$/.test(status))).toEqual([]);
  }
  // What a request had set in motion would need a moment to show.
  await pause(1_000);
  expect(await rows.read()).toEqual(before);
});

test('after all that, the same links still do what they are for', async () => {
  await pressButton(mails.reminder!.text, 'c');
  await pressButton(mails['address verification']!.text, 'c');
  await pressButton(mails.resubscription!.text, 'c');
  const unsubscribe = /<(http[^>]+)>/.exec(mails.campaign!.headers['list-unsubscribe']!)![1]!;
  const oneClick = await fetch(unsubscribe, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  expect(oneClick.status).toBe(200);
});
