import { randomUUID } from 'node:crypto';
import { derive } from '../../libs/privacy/cipher.js';
import { type LinkPurpose, LinkTokens } from '../../libs/privacy/link-token.js';
import { freshEmail, inbox, mailLimitMs, mailsTo, pointersOf } from '../support/marketing-account.js';
import { companyFields, formTexts, SignUpForm } from '../support/sign-up-form.js';
import { StackAccess } from '../support/test-account.js';

const stack = new StackAccess();
const tokens = new LinkTokens(derive(stack.config.keyEncryptionKey, 'links'));
let form: SignUpForm;

beforeAll(async () => {
  form = await SignUpForm.open(stack);
});

afterAll(() => stack.close());

const heading = (html: string) => /<h1>(.*)<\/h1>/.exec(html)?.[1];

async function open(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const html = await response.text();
  return { status: response.status, headers: response.headers, html, heading: heading(html) };
}

const signUps = () => stack.db.forAccount(form.account.id, (tx) => tx.signUp.count());

describe('forms', () => {
  test('a form without the controller, postal address, privacy notice or its words is refused with every gap', async () => {
    const account = await stack.openAccount();
    const { name, color, sender_name, sender_email } = companyFields;
    const brand = await account.make('/v1/brands', { name, color, sender_name, sender_email });
    const list = await account.make('/v1/lists', { brand_id: brand.id, name: 'News', purpose: 'News' });
    const draft = await account.make('/v1/forms', { list_id: list.id, name: 'Empty' });
    const brandGaps = ['/brand/controller', '/brand/postal_address', '/brand/privacy_notice_url'];

    const empty = await account.call('POST', `/v1/forms/${draft.id}/publish`);
    expect(empty).toMatchObject({ status: 422, body: { code: 'form_incomplete' } });
    expect(pointersOf(empty)).toEqual([...brandGaps, '/languages']);

    await account.call('PATCH', `/v1/forms/${draft.id}`, {
      body: {
        languages: { en: { ...formTexts.en, purpose: undefined }, sv: { title: 'Hej', submit_label: 'Skicka' } },
      },
      headers: { 'if-match': '"1"' },
    });
    const half = await account.call('POST', `/v1/forms/${draft.id}/publish`);
    expect(pointersOf(half)).toEqual([
      ...brandGaps,
      '/languages/en/purpose',
      '/languages/sv/purpose',
      '/languages/sv/consent_text',
      '/languages/sv/tracking_text',
    ]);
    expect((await account.call('GET', `/v1/forms/${draft.id}`)).body).toMatchObject({
      published_version: null,
      url: null,
    });
  });

  test('a published version never changes; the same words stay the same version, others become the next', async () => {
    const { account, listId } = form;
    const draft = await account.make('/v1/forms', { list_id: listId, name: 'Versions', languages: formTexts });
    const publish = () => account.make(`/v1/forms/${draft.id}/publish`, {});
    const first = await publish();
    expect(first).toMatchObject({ number: 1, wording: { en: { controller: companyFields.controller } } });
    expect(await publish()).toEqual(first);

    const languages = { en: { ...formTexts.en, title: 'Other news' } };
    const stale = { body: { languages }, headers: { 'if-match': '"1"' } };
    expect((await account.call('PATCH', `/v1/forms/${draft.id}`, stale)).status).toBe(412);
    const changed = await account.call('PATCH', `/v1/forms/${draft.id}`, { ...stale, headers: { 'if-match': '"2"' } });
    expect(changed.status).toBe(200);
    expect((await open(first.url)).heading).toBe('Our news');

    const second = await publish();
    expect(second.number).toBe(2);
    expect(second.wording_hash).not.toBe(first.wording_hash);
    expect((await open(first.url)).heading).toBe('Other news');
  });

  test('a form cannot be made on the list of another account, nor read by it', async () => {
    const other = await stack.openAccount('Other');
    const made = await other.call('POST', '/v1/forms', { body: { list_id: form.listId, name: 'Theirs' } });
    expect(made).toMatchObject({ status: 422, body: { problems: [{ pointer: '/list_id' }] } });
    expect((await other.call('GET', `/v1/forms/${form.formId}`)).status).toBe(404);
  });
});

describe('the sign-up page', () => {
  test('speaks the language asked for, and runs no script, sets no cookie, is not framed, kept or indexed', async () => {
    const english = await open(form.url, { headers: { 'accept-language': 'en' } });
    const swedish = await open(form.url, { headers: { 'accept-language': 'sv-FI, en;q=0.5' } });
    const asked = await open(`${form.url}?lang=sv`, { headers: { 'accept-language': 'en' } });
    expect([english.heading, swedish.heading, asked.heading]).toEqual(['Our news', 'Våra nyheter', 'Våra nyheter']);
    expect(english.html).not.toContain('checked');
    expect(english.html).not.toContain('<script');
    expect(Object.fromEntries(english.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    });
    expect(english.headers.has('set-cookie')).toBe(false);
    const styles = [...english.html.matchAll(/href="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(styles).toHaveLength(2);
    for (const style of styles) {
      const { status, headers } = await fetch(new URL(style, form.url));
      expect([status, headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
      expect(headers.get('cache-control')).toMatch(/^public, max-age=\d{5,}/);
    }
  });

  test('says what to correct, shows what was typed again, and never ticks a box', async () => {
    const before = await signUps();
    const answer = await form.submit({ email: 'ada@', first_name: 'Ada <b>', tracking: 'yes' });
    const html = await answer.text();
    expect(answer.status).toBe(422);
    expect(html).toContain('value="ada@"');
    expect(html).toContain('value="Ada &lt;b&gt;"');
    expect(html).toContain('href="#email"');
    expect(html).toContain('href="#consent"');
    expect(html).not.toContain('checked');
    expect(await signUps()).toBe(before);
  });

  test('new, pending, subscribed, suppressed and erased addresses get the same answer, byte for byte', async () => {
    const { account } = form;
    const [subscribed, suppressed, erased, pending] = [freshEmail(), freshEmail(), freshEmail(), freshEmail()];
    const [, erasing] = await account.contactsOn(form.listId, [{ email: subscribed }, { email: erased }]);
    await account.make('/v1/suppressions', { email: suppressed });
    await stack.db.forAccount(account.id, (tx) =>
      tx.contact.update({ where: { id: erasing! }, data: { erasingAt: new Date() } }),
    );
    await form.signUp(pending);
    const answers = [];
    for (const email of [freshEmail(), pending, subscribed, suppressed, erased]) {
      const answer = await form.submit({ email, consent: 'yes' });
      const headers = Object.fromEntries(answer.headers);
      for (const name of ['date', 'x-request-id']) delete headers[name];
      answers.push({ status: answer.status, headers, body: await answer.text() });
    }
    expect(answers[0]!.status).toBe(202);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await mailsTo(subscribed)).toEqual([]);
  });

  test('a program that fills in the hidden field gets the same answer, and nothing is recorded', async () => {
    const person = await (await form.submit({ email: freshEmail(), consent: 'yes' })).text();
    const before = await signUps();
    const program = await form.submit({ email: freshEmail(), consent: 'yes', subject: 'Buy now' });
    expect([program.status, await program.text()]).toEqual([202, person]);
    expect(await signUps()).toBe(before);
  });

  test('a shop may send it as JSON and is answered in JSON', async () => {
    const send = (body: string) =>
      fetch(form.url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const good = await send(JSON.stringify({ email: freshEmail(), consent: true }));
    expect([good.status, await good.json()]).toEqual([202, { status: 'received' }]);
    const bad = await send(JSON.stringify({ email: 'x', consent: 'perhaps', first_name: 'a\nb' }));
    expect([bad.status, bad.headers.get('content-type')]).toEqual([422, 'application/problem+json; charset=utf-8']);
    const { problems } = (await bad.json()) as { problems: Array<{ pointer: string }> };
    expect(problems.map(({ pointer }) => pointer)).toEqual(['/email', '/first_name', '/consent']);
    expect((await send('{')).status).toBe(400);
  });

  test('what people meet in a browser is a page also when it is refused', async () => {
    const wrongType = await open(form.url, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
    const wrongMethod = await open(form.url, { method: 'PUT' });
    const nowhere = await open(new URL('/f/nobody', form.url).href);
    const unreadable = await open(new URL('/c/%zz', form.url).href);
    expect([wrongType.status, wrongMethod.status, nowhere.status, unreadable.status]).toEqual([415, 405, 404, 400]);
    for (const page of [wrongType, wrongMethod, nowhere, unreadable]) {
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
      expect(page.heading).toBeDefined();
    }
  });
});

describe('the confirmation mail', () => {
  test('opening its link changes nothing; the button confirms, also twice; the evidence has wording and address', async () => {
    const email = freshEmail();
    const { confirm } = await form.signUp(email, { first_name: 'Ada', tracking: 'yes' });
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET']) await open(confirm, { method });
    expect(await form.cardOf(email)).toMatchObject({
      first_name: 'Ada',
      source: 'Form',
      channels: [{ permission: 'pending' }],
      subscriptions: [{ status: 'pending' }],
      tracking_consent: 'none',
    });
    const pressed = await open(confirm, { method: 'POST', headers: { 'user-agent': 'Browser of Ada' } });
    expect(pressed).toMatchObject({ status: 200, heading: 'Your subscription is confirmed' });
    const card = await form.cardOf(email);
    expect(card).toMatchObject({
      channels: [{ permission: 'confirmed', basis: 'consent' }],
      subscriptions: [{ status: 'subscribed' }],
      tracking_consent: 'granted',
    });
    const evidence = await form.evidenceOf(card.id);
    const [requested, sent, confirmed] = ['requested', 'confirmation_sent', 'confirmed'].map((kind) =>
      evidence.events.find((event: { kind: string }) => event.kind === kind),
    );
    expect(evidence.intact).toBe(true);
    for (const part of ['To send you our newsletter.', 'Åkes Handel AB', 'Yes, I want news by email.', '/privacy']) {
      expect(requested.wording).toContain(part);
    }
    expect(requested).toMatchObject({ ip: '127.0.0.1', reported: false, list_name: 'Nyheter' });
    expect(confirmed).toMatchObject({ ip: '127.0.0.1', user_agent: 'Browser of Ada' });
    const [mail] = await mailsTo(email);
    expect([sent.message_id, confirmed.message_id]).toEqual([mail!.headers['message-id'], mail!.headers['message-id']]);

    expect(await open(confirm, { method: 'POST' })).toMatchObject({ status: 200, html: pressed.html });
    expect((await form.evidenceOf(card.id)).events).toHaveLength(evidence.events.length);
    expect((await open(confirm)).heading).toBe('Your subscription is confirmed');
  });

  test('“this was not me” asks first, then ends it; the confirming link has run out', async () => {
    const email = freshEmail();
    const { confirm, reject } = await form.signUp(email);
    expect((await open(reject)).heading).toBe('Was this not you?');
    expect((await form.cardOf(email)).subscriptions).toMatchObject([{ status: 'pending' }]);
    for (const _ of ['once', 'twice']) {
      expect(await open(reject, { method: 'POST' })).toMatchObject({ status: 200, heading: 'The request is ended' });
    }
    expect((await form.cardOf(email)).subscriptions).toMatchObject([{ status: 'unsubscribed' }]);
    for (const method of ['GET', 'POST']) {
      expect(await open(confirm, { method })).toMatchObject({ status: 410, heading: 'This link is no longer valid' });
    }
    expect((await form.cardOf(email)).channels).toMatchObject([{ permission: 'pending' }]);
  });

  test('the evidence has the words that were read, also when others were published before the form was sent', async () => {
    const { account, listId } = form;
    const draft = await account.make('/v1/forms', { list_id: listId, name: 'Replaced', languages: formTexts });
    const { url } = await account.make(`/v1/forms/${draft.id}/publish`, {});
    const page = await open(`${url}?lang=en`);
    const action = /action="([^"]+)"/.exec(page.html)![1]!.replaceAll('&amp;', '&');
    const languages = { en: { ...formTexts.en, consent_text: 'Yes to everything.' } };
    await account.call('PATCH', `/v1/forms/${draft.id}`, { body: { languages }, headers: { 'if-match': '"2"' } });
    await account.make(`/v1/forms/${draft.id}/publish`, {});

    const email = freshEmail();
    const sent = await open(new URL(action, url).href, {
      method: 'POST',
      body: new URLSearchParams({ email, consent: 'yes' }),
    });
    expect(sent.status).toBe(202);
    await inbox.find((mail) => mail.to.includes(email), mailLimitMs);
    const { events } = await form.evidenceOf((await form.cardOf(email)).id);
    expect(events[0].wording).toContain(formTexts.en.consent_text);
    expect(events[0].wording).not.toContain('Yes to everything.');
  });

  test('a link that is forged, cut off, of another purpose or of nothing leads to the same page', async () => {
    const sign = (purpose: LinkPurpose) =>
      tokens.sign({ purpose, accountId: form.account.id, subjectId: randomUUID() });
    const good = sign('confirm_opt_in');
    const forged = `${good.slice(0, -2)}${good.endsWith('AA') ? 'BB' : 'AA'}`;
    const bad = [`/c/${forged}`, `/c/${good.slice(0, 20)}`, `/n/${good}`, `/u/${good}`, `/c/${sign('unsubscribe')}`];
    for (const path of bad) {
      for (const method of ['GET', 'POST']) {
        const page = await open(new URL(path, form.url).href, { method });
        expect(page).toMatchObject({ status: 404, heading: 'This link does not work' });
      }
    }
  });
});

describe('unsubscribing', () => {
  /** A message of the ledger that was sent to a contact who is on two lists. */
  async function sentMessage() {
    const email = freshEmail();
    const other = await form.newList();
    const { account, listId } = form;
    const [contactId] = await account.contactsOn(listId, [{ email }]);
    const deliveryId = randomUUID();
    await stack.db.forAccount(account.id, async (tx) => {
      const row = { contactId: contactId!, accountId: account.id };
      await tx.subscription.create({ data: { ...row, listId: other, status: 'subscribed', source: 'import' } });
      await tx.delivery.create({
        data: {
          ...row,
          id: deliveryId,
          lane: 'campaign',
          kind: 'campaign',
          dedupeKey: deliveryId,
          listId,
          state: 'sent',
        },
      });
    });
    const token = tokens.sign({ purpose: 'unsubscribe', accountId: account.id, subjectId: deliveryId });
    const statuses = async () => {
      const { subscriptions } = await form.cardOf(email);
      const on = (id: string) => subscriptions.find((row: { list_id: string }) => row.list_id === id).status;
      return [on(listId), on(other)];
    };
    return { url: new URL(`/u/${token}`, form.url).href, statuses, contactId: contactId! };
  }

  const urlencoded = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  const multipart = new FormData();
  multipart.set('List-Unsubscribe', 'One-Click');

  test.each([
    ['application/x-www-form-urlencoded', urlencoded],
    ['multipart/form-data', multipart],
  ])('one click in the mail client (%s) ends one list: no redirect, no cookie, repeatable', async (_, body) => {
    const { url, statuses, contactId } = await sentMessage();
    const first = await open(url, { method: 'POST', body });
    expect(first.status).toBe(200);
    expect(first.headers.has('set-cookie')).toBe(false);
    expect(await statuses()).toEqual(['unsubscribed', 'subscribed']);
    const { events } = await form.evidenceOf(contactId);
    expect(events).toMatchObject([{ kind: 'unsubscribed', ip: '127.0.0.1', list_id: form.listId }]);
    const second = await open(url, { method: 'POST', body });
    expect(second).toMatchObject({ status: 200, html: first.html });
    expect((await form.evidenceOf(contactId)).events).toHaveLength(1);
  });

  test('opening the page changes nothing; it offers the list, and everything from the company', async () => {
    const { url, statuses } = await sentMessage();
    for (const method of ['GET', 'HEAD', 'OPTIONS']) await open(url, { method });
    const page = await open(url);
    expect(page.html).toContain('value="list"');
    expect(page.html).toContain('value="all"');
    expect(await statuses()).toEqual(['subscribed', 'subscribed']);
    const all = await open(url, { method: 'POST', body: new URLSearchParams({ scope: 'all' }) });
    expect(all).toMatchObject({ status: 200, heading: 'You are unsubscribed' });
    expect(all.html).toContain('Your data has not been erased');
    expect(await statuses()).toEqual(['unsubscribed', 'unsubscribed']);
  });

  test('a POST that says neither changes nothing', async () => {
    const { url, statuses } = await sentMessage();
    const bodies = [new URLSearchParams({ scope: 'everything' }), new URLSearchParams({ 'List-Unsubscribe': 'No' })];
    for (const body of bodies) expect((await open(url, { method: 'POST', body })).status).toBe(422);
    expect((await open(url, { method: 'POST' })).status).toBe(422);
    const broken = { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data; boundary=y' } };
    expect((await open(url, broken)).status).toBe(400);
    expect(await statuses()).toEqual(['subscribed', 'subscribed']);
  });
});
