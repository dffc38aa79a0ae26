import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { tooManyPage } from '../../apps/api/pages/views/refusal-pages.js';
import { derive } from '../../libs/privacy/cipher.js';
import { LinkTokens } from '../../libs/privacy/link-token.js';
import { freshEmail, inbox, mailLimitMs } from '../support/marketing-account.js';
import { linksOf, SignUpForm } from '../support/sign-up-form.js';
import { runningStack } from '../support/stack.js';
import { StackAccess } from '../support/test-account.js';
import { type MetPage, startBrowser, Visit } from './visit.js';

const stack = new StackAccess();
const tokens = new LinkTokens(derive(stack.config.keyEncryptionKey, 'links'));
const { api } = runningStack().urls;
let form: SignUpForm;
let browser: Browser;

beforeAll(async () => {
  [form, browser] = await Promise.all([SignUpForm.open(stack), startBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await stack.close();
});

/** The link in a campaign's mail to a contact on two lists, as the ledger knows it. */
async function unsubscribeLink(language: string): Promise<{ url: string; statuses(): Promise<string[]> }> {
  const { account, listId } = form;
  const email = freshEmail();
  const [contactId] = await account.contactsOn(listId, [{ email }]);
  const [other, deliveryId] = [await form.newList(), randomUUID()];
  await stack.db.forAccount(account.id, async (tx) => {
    const row = { contactId: contactId!, accountId: account.id };
    await tx.contact.update({ where: { id: contactId! }, data: { language } });
    await tx.subscription.create({ data: { ...row, listId: other, status: 'subscribed', source: 'import' } });
    const delivery = { ...row, id: deliveryId, listId, lane: 'campaign', kind: 'campaign', dedupeKey: deliveryId };
    await tx.delivery.create({ data: { ...delivery, state: 'sent' } });
  });
  const token = tokens.sign({ purpose: 'unsubscribe', accountId: account.id, subjectId: deliveryId });
  return {
    url: `${api}/u/${token}`,
    statuses: async () => (await form.cardOf(email)).subscriptions.map((row: { status: string }) => row.status).sort(),
  };
}

const mailLinks = async (email: string) => linksOf(await inbox.find((mail) => mail.to.includes(email), mailLimitMs));

describe.each([
  // Axe sees each language, width and colouring once.
  ['en', 360, 'light', true],
  ['en', 1280, 'dark', false],
  ['sv', 360, 'light', false],
  ['sv', 1280, 'dark', true],
] as const)('without script, in %s, %i px wide, %s', (language, width, colors, withAxe) => {
  let visit: Visit;
  const formUrl = () => `${form.url}?lang=${language}`;
  const expectGood = async (met: MetPage, status: number) => {
    expect(met.status).toBe(status);
    expect(await visit.faults(met)).toEqual([]);
  };

  beforeAll(async () => {
    visit = await Visit.begin(browser, { language, width, colors, withAxe });
  });

  afterAll(() => visit?.end());

  test('a person signs up, is told what was missing, confirms, and the proof of it can be read', async () => {
    const email = freshEmail();
    await expectGood(await visit.open(formUrl()), 200);
    await expectGood(await visit.press('button[type="submit"]'), 422);
    await visit.fill('email', email);
    await visit.fill('first_name', 'Ada');
    await visit.tick('consent');
    await visit.tick('tracking');
    await expectGood(await visit.press('button[type="submit"]'), 202);

    const { confirm } = await mailLinks(email);
    await expectGood(await visit.open(confirm), 200);
    expect((await form.cardOf(email)).subscriptions).toMatchObject([{ status: 'pending' }]);
    await expectGood(await visit.press('button[type="submit"]'), 200);
    expect(await form.cardOf(email)).toMatchObject({
      language,
      subscriptions: [{ status: 'subscribed' }],
      tracking_consent: 'granted',
    });

    const { id } = await form.cardOf(email);
    const proof = `${api}/v1/contacts/${id}/evidence`;
    await expectGood(
      await visit.open(proof, { authorization: `Bearer ${form.account.key}`, accept: 'text/html' }),
      200,
    );
  });

  test('a person who did not sign up ends it from the confirming page, whose link then has run out', async () => {
    const email = freshEmail();
    await visit.open(formUrl());
    await visit.fill('email', email);
    await visit.tick('consent');
    await visit.press('button[type="submit"]');
    const { confirm } = await mailLinks(email);
    await visit.open(confirm);
    await expectGood(await visit.press('a.way-out'), 200);
    await expectGood(await visit.press('button[type="submit"]'), 200);
    expect((await form.cardOf(email)).subscriptions).toMatchObject([{ status: 'unsubscribed' }]);
    await expectGood(await visit.open(confirm), 410);
  });

  test('a person leaves one list, or everything from the company', async () => {
    const [one, all] = [await unsubscribeLink(language), await unsubscribeLink(language)];
    await expectGood(await visit.open(one.url), 200);
    await expectGood(await visit.press('button[value="list"]'), 200);
    expect(await one.statuses()).toEqual(['subscribed', 'unsubscribed']);
    await visit.open(all.url);
    await expectGood(await visit.press('button[value="all"]'), 200);
    expect(await all.statuses()).toEqual(['unsubscribed', 'unsubscribed']);
  });

  test('what is refused is a page that can be read as well', async () => {
    await expectGood(await visit.open(`${api}/c/nothing`), 404);
    await expectGood(await visit.open(`${api}/c/%zz`), 400);
    await expectGood(await visit.show(`${api}/f/too-many`, tooManyPage({ language })), 200);
  });
});
