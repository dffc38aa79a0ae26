import type { InboxClient } from '../inbox-client.js';
import type { ApiClient } from './api-client.js';
import * as company from './company.js';
import { eventually, expectSame, expectThat } from './deviation.js';
import { openAccount } from './open-account.js';
import { Person } from './person.js';

export interface DemoStep {
  name: string;
  /** Carries the step out; returns what was observed. @throws Deviation */
  run(): Promise<string>;
}

export interface DemoParts {
  operator: ApiClient;
  inbox: InboxClient;
  /** Part of every address, so that a second run on the same data meets nobody of the first. */
  run: string;
  contacts: number;
}

/** One contact's whole life, through the public API and real mail only. */
export function lifeOfAContact({ operator, inbox, run, contacts }: DemoParts): DemoStep[] {
  const person = new Person(`maja.${run}@people.example`, inbox);
  const colleague = new Person(`tester.${run}@fjallvind.example`, inbox);
  let api: ApiClient = operator;
  const ids = {
    listA: '',
    listB: '',
    brandA: '',
    template: '',
    contact: '',
    subscriber: '',
    form: '',
    tombstone: '',
  };

  const find = async () => (await api.ok('POST', '/v1/contacts/search', { email: person.email })).data as ContactCard[];
  const tombstones = (email: string) => api.ok('POST', '/v1/tombstones/search', { email });

  /** Sends a campaign to a list and waits for its end. */
  const send = async (listId: string, name: string) => {
    const campaign = await api.ok('POST', '/v1/campaigns', { list_id: listId, template_id: ids.template, name });
    await api.ok(
      'POST',
      `/v1/campaigns/${campaign.id}/send`,
      {},
      { 'idempotency-key': `${run}-${name.replaceAll(' ', '-')}` },
    );
    const report = await eventually(`campaign ${name} to finish`, 60_000, async () => {
      const seen = await api.ok('GET', `/v1/campaigns/${campaign.id}/report`);
      return seen.state === 'finished' && seen;
    });
    return { id: campaign.id as string, report };
  };

  /** Erases the living card and waits for the certificate. */
  const erase = async (contactId: string) => {
    const asked = await api.ok(
      'POST',
      '/v1/erasures',
      { contact_id: contactId, requester_ip: '192.0.2.77' },
      { 'idempotency-key': `erase-${contactId}` },
    );
    return eventually('the erasure to end', 60_000, async () => {
      const seen = await api.ok('GET', `/v1/erasures/${asked.id}`);
      return seen.status === 'done' && seen;
    });
  };

  /** Reads the resubscription mail, opens its link (which changes nothing), presses the button; returns the new card. */
  const comeBack = async (earlierMails: number) => {
    await eventually('the resubscription mail', 20_000, async () => (await optInMails()).length > earlierMails);
    const mail = (await optInMails()).at(-1)!;
    const page = await person.open(person.linkIn(mail, '/c/'));
    expectSame(await find(), [], 'opening the link brings nobody back');
    const done = await person.submit(page);
    expectSame(done.status, 200, 'the button');
    const [card] = await find();
    expectThat(card !== undefined, 'a new card after the button');
    return card;
  };
  const optInMails = async () => (await person.mails()).filter((mail) => mail.html.includes('/c/'));

  return [
    {
      name: '1  Account, two brands, a list each, API key, form',
      async run() {
        const opened = await openAccount(operator, `Fjällvind ${run}`);
        const { listA, listB, brandA, formUrl } = opened;
        Object.assign(ids, { listA, listB, brandA, form: formUrl });
        const key = await opened.api.ok('POST', '/v1/api-keys', { name: 'Demo', role: 'owner', mode: 'live' });
        api = operator.withKey(key.secret);
        return `account ${opened.accountId}, brands ${company.brands.a.name} and ${company.brands.b.name}`;
      },
    },
    {
      name: '2  Sign-up by form, double opt-in, evidence',
      async run() {
        const form = await person.open(ids.form);
        const box = (name: string) => form.forms[0]?.fields.find((field) => field.name === name);
        expectSame([box('consent')?.ticked, box('tracking')?.ticked], [false, false], 'both boxes are unticked');
        const received = await person.submit(form, {
          email: person.email,
          first_name: 'Maja',
          last_name: 'Åkesson',
          consent: 'yes',
          tracking: 'yes',
        });
        expectSame(received.status, 202, 'the form answers 202');
        const mail = await person.mail('confirmation', (message) => message.html.includes('/c/'));
        expectThat(!('list-unsubscribe' in mail.headers), 'the confirmation mail is no list mail');
        const page = await person.open(person.linkIn(mail, '/c/'));
        const [before] = await find();
        expectSame(
          [before?.channels[0]?.permission, before?.subscriptions[0]?.status],
          ['pending', 'pending'],
          'after a GET of the link the contact is still pending',
        );
        const done = await person.submit(page);
        expectSame(done.status, 200, 'the button');
        const [card] = await find();
        expectSame(
          [card?.channels[0]?.permission, card?.subscriptions[0]?.status, card?.tracking_consent],
          ['confirmed', 'subscribed', 'granted'],
          'after the button',
        );
        ids.contact = card!.id;
        ids.subscriber = card!.subscriber_id;
        const evidence = await api.ok('GET', `/v1/contacts/${ids.contact}/evidence`);
        const event = (kind: string) => evidence.events.find((entry: { kind: string }) => entry.kind === kind);
        const [requested, confirmed] = [event('requested'), event('confirmed')];
        expectThat(evidence.intact === true, 'the chain of evidence is intact');
        expectThat(
          requested?.wording?.includes(company.formTexts.en.consent_text),
          'the exact wording is in the evidence',
        );
        expectThat(Boolean(requested?.ip && confirmed?.ip), 'both IPs are in the evidence');
        expectThat(requested.occurred_at < confirmed.occurred_at, 'both times are in the evidence');
        const proof = await api.ok('GET', `/v1/contacts/${ids.contact}/evidence`, undefined, { accept: 'text/html' });
        expectThat(
          typeof proof === 'string' &&
            proof.includes(company.formTexts.en.consent_text) &&
            proof.includes(confirmed.ip),
          'the printable page shows wording and IP',
        );
        return `GET left it pending; the button confirmed ${card!.subscriber_id}; ${evidence.events.length} events, chain intact`;
      },
    },
    {
      name: '3  Import, template, preview, test send, campaign',
      async run() {
        const file = company.contactsCsv(run, contacts, [person.email]);
        const created = await api.ok('POST', '/v1/imports', {
          list_ids: [ids.listA, ids.listB],
          mode: 'pre_verified',
          evidence: {
            obtained_at: '2025-03-01T09:30:00Z',
            origin: 'Check-out of the shop',
            wording: 'Yes, send me letters from Fjällvind by email.',
          },
        });
        const imported = await api.ok('PUT', `/v1/imports/${created.id}/file`, file.csv);
        expectSame(
          [imported.total, imported.created, imported.updated, imported.refused],
          [file.good + file.bad, file.good - 1, 1, file.bad],
          'rows, created, updated, refused',
        );
        const template = await api.ok('POST', '/v1/templates', {
          brand_id: ids.brandA,
          ...company.letter('Letter', `Autumn ${run}`),
        });
        ids.template = template.id;
        const preview = await api.ok('POST', `/v1/templates/${template.id}/preview`, {
          contact_id: ids.contact,
          list_id: ids.listA,
        });
        expectSame([preview.subject, preview.missing], [`Autumn ${run}, Maja`, []], 'the preview');
        await testSend(template.id);
        const { id, report } = await send(ids.listA, 'Autumn on the trail');
        const wanted = file.good;
        expectSame([report.audience, report.counts.sent], [wanted, wanted], 'the report: audience, sent');
        const ledger = await api.all(`/v1/campaigns/${id}/deliveries`);
        const received = (await inbox.arrivals()).filter((mail) => mail.subject.startsWith(`Autumn ${run}`));
        const recipients = new Set(received.flatMap((mail) => mail.to));
        expectSame(
          [ledger.filter((row) => row.state === 'sent').length, received.length, recipients.size],
          [wanted, wanted, wanted],
          'ledger, mails in the inbox, different recipients',
        );
        return `${imported.total} rows: ${imported.created} new, 1 known, ${imported.refused} refused; report, ledger and inbox: ${wanted} mails`;
      },
    },
    {
      name: '4  One-click unsubscribe from A; still on B',
      async run() {
        const mail = await person.mail('the campaign', (message) => message.subject === `Autumn ${run}, Maja`);
        const url = mail.headers['list-unsubscribe']?.replace(/^<|>$/g, '') ?? '';
        expectSame(mail.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click', 'RFC 8058');
        const answer = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
        });
        expectSame([answer.status, answer.headers.get('set-cookie')], [200, null], 'one click: no redirect, no cookie');
        const [card] = await find();
        const status = (listId: string) => card?.subscriptions.find((row) => row.list_id === listId)?.status;
        expectSame([status(ids.listA), status(ids.listB)], ['unsubscribed', 'subscribed'], 'A and B');
        const toA = await send(ids.listA, 'Winter on the trail');
        const [row] = await api.all(`/v1/campaigns/${toA.id}/deliveries?contact_id=${ids.contact}`);
        expectSame([row?.state, row?.skip_reason], ['skipped', 'unsubscribed'], 'the next campaign to A');
        const toB = await send(ids.listB, 'Winter with coffee');
        const [rowB] = await api.all(`/v1/campaigns/${toB.id}/deliveries?contact_id=${ids.contact}`);
        expectSame(rowB?.state, 'sent', 'the next campaign to B');
        const fromB = (await person.mails()).filter((message) => message.from.includes('coffee'));
        expectSame(fromB.length, 1, 'the mail of B');
        return `A: skipped (unsubscribed), ${toA.report.counts.sent} others sent; B: reached, ${toB.report.counts.sent} sent`;
      },
    },
    {
      name: '5  Erasure, tombstone, block',
      async run() {
        const erasure = await erase(ids.contact);
        expectSame((await api.send('GET', `/v1/contacts/${ids.contact}`)).status, 404, 'the card');
        expectSame(await find(), [], 'the search for the address');
        const members = await api.all(`/v1/contacts?list_id=${ids.listB}`);
        expectThat(!members.some((row) => row.id === ids.contact), 'the list holds the contact no more');
        const result = await tombstones(person.email);
        expectSame([result.tombstones.length, result.blocked, result.contact], [1, true, null], 'the exact address');
        const [tombstone] = result.tombstones;
        ids.tombstone = tombstone.id;
        expectSame(
          [tombstone.permission, tombstone.list_ids.length, tombstone.brand_ids.length, tombstone.ips.erased],
          ['deleted', 2, 2, '192.0.2.77'],
          'the tombstone',
        );
        expectThat(
          Boolean(tombstone.registered_at && tombstone.confirmed_at && tombstone.ips.confirmed),
          'times and IPs',
        );
        expectThat(!JSON.stringify(result).includes(person.email), 'the tombstone does not hold the address');
        const other = await tombstones(person.email.replace('maja', 'maj'));
        expectSame(other.tombstones, [], 'a part of the address finds nothing');
        const refused = await api.send('PUT', '/v1/contacts', { email: person.email });
        expectSame([refused.status, refused.body.code], [409, 'address_blocked'], 'the API call');
        const again = await api.ok('POST', '/v1/imports', {
          list_ids: [ids.listB],
          mode: 'pre_verified',
          evidence: { origin: 'Another shop', wording: 'Yes, please.' },
        });
        const imported = await api.ok('PUT', `/v1/imports/${again.id}/file`, `email\n${person.email}\n`);
        const [refusal] = await api.all(`/v1/imports/${again.id}/refusals`);
        expectSame([imported.created, imported.refused, refusal?.code], [0, 1, 'address_blocked'], 'the import');
        const searched = erasure.certificate.verification.searched.length;
        return `certificate: ${searched} stores searched, 0 found; API and import refused as blocked; tombstone ${tombstone.id}`;
      },
    },
    {
      name: '6  Resubscription by staff, then by form',
      async run() {
        const before = await tombstones(person.email);
        const mailsBefore = (await optInMails()).length;
        const offered = await api.ok('POST', `/v1/tombstones/${ids.tombstone}/resubscribe`, {
          email: person.email,
          list_ids: [ids.listA],
          how_asked: 'By telephone',
        });
        expectSame(offered.must_confirm, true, 'the person must confirm');
        const first = await comeBack(mailsBefore);
        expectThat(
          first.id !== ids.contact && first.subscriber_id !== ids.subscriber,
          'a new card, a new SubscriberID',
        );
        expectSame(
          onlyTheAddress(first),
          { email: person.email, source: 'Resubscribed', mail_rating: 3 },
          'only the address',
        );
        expectSame((await tombstones(person.email)).tombstones, before.tombstones, 'the tombstone is as it was');

        await erase(first.id);
        const mailsThen = (await optInMails()).length;
        const form = await person.open(ids.form);
        const received = await person.submit(form, {
          email: person.email,
          first_name: 'Maja',
          last_name: 'Åkesson',
          consent: 'yes',
        });
        expectSame(received.status, 202, 'the form answers as for everybody');
        const second = await comeBack(mailsThen);
        expectSame(
          onlyTheAddress(second),
          { email: person.email, source: 'Resubscribed', mail_rating: 3 },
          "the form's other fields are discarded",
        );
        const after = await tombstones(person.email);
        expectSame([after.tombstones.length, after.contact?.id], [2, second.id], 'two tombstones and the living card');
        return `new cards ${first.subscriber_id} and ${second.subscriber_id} (was ${ids.subscriber}); 2 tombstones`;
      },
    },
  ];

  /** A test address is verified by its owner's click; then the test send reaches it, marked and outside the report. */
  async function testSend(templateId: string) {
    const address = await api.ok('POST', '/v1/test-addresses', { email: colleague.email });
    const mail = await colleague.mail('address verification', (message) => message.html.includes('/c/'));
    await colleague.submit(await colleague.open(colleague.linkIn(mail, '/c/')));
    await api.ok('POST', `/v1/templates/${templateId}/test-send`, {
      test_address_ids: [address.id],
      list_id: ids.listA,
    });
    const test = await colleague.mail('the test send', (message) => message.subject.startsWith('[Test]'));
    expectSame(test.headers['x-assent-test'], 'yes', 'the mark of the test send');
  }
}

interface ContactCard {
  id: string;
  subscriber_id: string;
  source: string;
  email: string | null;
  mobile: string | null;
  first_name: string | null;
  last_name: string | null;
  external_id: string | null;
  mail_rating: number | string;
  tracking_consent: string;
  channels: Array<{ channel: string; permission: string }>;
  subscriptions: Array<{ list_id: string; status: string }>;
}

/** What a card holds besides ids, language and state: empty fields are left out. */
function onlyTheAddress(card: ContactCard) {
  const { email, mobile, first_name, last_name, external_id, source, mail_rating } = card;
  const filled = Object.entries({ email, mobile, first_name, last_name, external_id, source, mail_rating });
  return Object.fromEntries(filled.filter(([, value]) => value !== null && value !== undefined));
}
