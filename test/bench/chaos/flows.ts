import { randomUUID } from 'node:crypto';
import { letter } from '../../../apps/stack/demo/company.js';
import { eventually } from '../../../apps/stack/demo/deviation.js';
import type { Person } from '../../../apps/stack/demo/person.js';
import type { FlowName } from './moments.js';
import { answered, persist, type Stand } from './stand.js';

/** After a worker died, its leases end after two minutes; mail may wait for that, and the reminder comes after it. */
const limitMs = 240_000;
const audience = 150;

export interface Flow {
  /** From the first request to the end that was waited for. */
  run(): Promise<void>;
  /** What is not as it must be. */
  wrongs(): Promise<string[]>;
}

/** Makes what a flow starts from. */
export async function prepareFlow(stand: Stand, name: FlowName): Promise<Flow> {
  const prepare = { 'opt-in': optIn, campaign, erasure, resubscription }[name];
  return prepare(stand);
}

async function optIn(stand: Stand): Promise<Flow> {
  const person = stand.newPerson();
  const { formUrl, api } = stand.account;
  return {
    async run() {
      const form = await persist(async () => answered(await person.open(formUrl)));
      await persist(async () => answered(await person.submit(form, { email: person.email, consent: 'yes' })));
      await pressButton(person);
      await eventually('the card to be confirmed', limitMs, async () => {
        const card = await stand.contactOf(person.email);
        return card?.channels[0]?.permission === 'confirmed' && card.subscriptions[0]?.status === 'subscribed';
      });
    },
    async wrongs() {
      const wrongs: string[] = [];
      const card = (await stand.contactOf(person.email))!;
      const { events, intact } = await persist(() => api.ok('GET', `/v1/contacts/${card.id}/evidence`));
      const confirmed = events.filter(({ kind }: { kind: string }) => kind === 'confirmed').length;
      if (confirmed !== 1) wrongs.push(`${confirmed} evidences of the confirmation`);
      if (!intact) wrongs.push('the chain of evidence is broken');
      const rows = await stand.look((tx) =>
        tx.delivery.findMany({ where: { contactId: card.id }, select: { kind: true, state: true } }),
      );
      const first = rows.filter(({ kind }) => kind === 'confirmation');
      if (first.length !== 1) wrongs.push(`${first.length} confirmation mails were queued`);
      const ends = await stand.look((tx) => tx.optIn.findMany({ where: { contactId: card.id } }));
      const statuses = ends.map(({ status }) => status).join(', ');
      if (statuses !== 'confirmed') wrongs.push(`opt-ins: ${statuses}`);
      const mails = (await person.mails()).length;
      if (mails > rows.filter(({ state }) => state === 'sent' || state === 'unknown').length) {
        wrongs.push(`${mails} mails for ${rows.length} rows`);
      }
      return wrongs;
    },
  };
}

async function campaign(stand: Stand): Promise<Flow> {
  const { api, brandA } = stand.account;
  const emails = Array.from({ length: audience }, () => `${randomUUID()}@people.example`);
  const listId = await stand.importContacts(emails);
  const subject = `Letter ${randomUUID()}`;
  const template = await api.ok('POST', '/v1/templates', { brand_id: brandA, ...letter('Letter', subject) });
  const { id } = await api.ok('POST', '/v1/campaigns', { name: 'Letter', list_id: listId, template_id: template.id });
  return {
    async run() {
      await persist(async () => {
        const sent = answered(await api.send('POST', `/v1/campaigns/${id}/send`));
        // Refused as sent already: the answer to the first request was lost.
        if (sent.status >= 300 && sent.status !== 409) throw new Error(`send answered ${sent.status}`);
      });
      await eventually('the campaign to end', limitMs, async () => {
        const seen = await persist(() => api.ok('GET', `/v1/campaigns/${id}`));
        return seen.state === 'finished';
      });
    },
    async wrongs() {
      const wrongs: string[] = [];
      const rows = await stand.look((tx) =>
        tx.delivery.findMany({ where: { campaignId: id }, select: { state: true, attempts: true } }),
      );
      const count = (state: string) => rows.filter((row) => row.state === state).length;
      const settled = ['sent', 'failed', 'skipped', 'unknown'].reduce((sum, state) => sum + count(state), 0);
      if (rows.length !== audience || settled !== audience)
        wrongs.push(`${settled} of ${rows.length} rows are settled`);
      if (count('unknown') > 100) wrongs.push(`${count('unknown')} rows are unknown`);
      if (count('failed') + count('skipped') > 0) wrongs.push(`${count('failed')} failed, ${count('skipped')} skipped`);
      if (rows.some(({ state, attempts }) => state === 'unknown' && attempts > 1))
        wrongs.push('an unknown row was tried again');
      const mails = (await stand.inbox.messages()).filter((mail) => mail.subject.startsWith(subject));
      const perAddress = new Map<string, number>();
      for (const to of mails.flatMap((mail) => mail.to)) perAddress.set(to, (perAddress.get(to) ?? 0) + 1);
      const twice = [...perAddress.values()].filter((times) => times > 1).length;
      if (twice > 0) wrongs.push(`${twice} people got it twice`);
      // Whoever is `sent` has it; of the unknown ones some may have.
      const missing = count('sent') - perAddress.size;
      if (missing > 0 || -missing > count('unknown')) {
        wrongs.push(`${count('sent')} sent, ${count('unknown')} unknown, ${perAddress.size} people got it`);
      }
      return wrongs;
    },
  };
}

async function erasedBy(stand: Stand, contactId: string): Promise<string> {
  const { api } = stand.account;
  const asked = await persist(() => api.ok('POST', '/v1/erasures', { contact_id: contactId }));
  await eventually('the erasure to end', limitMs, async () => {
    const seen = await persist(() => api.ok('GET', `/v1/erasures/${asked.id}`));
    return seen.status === 'done' && seen.certificate !== null;
  });
  return asked.id;
}

async function erasure(stand: Stand): Promise<Flow> {
  const { api, accountId } = stand.account;
  const person = stand.newPerson();
  await stand.importContacts([person.email]);
  const contactId = (await stand.contactOf(person.email))!.id;
  let erasureId = '';
  return {
    async run() {
      erasureId = await erasedBy(stand, contactId);
    },
    async wrongs() {
      const wrongs: string[] = [];
      const card = await persist(async () => answered(await api.send('GET', `/v1/contacts/${contactId}`)));
      if (card.status !== 404) wrongs.push(`the card answers ${card.status}`);
      if ((await persist(() => stand.keyring.many(accountId, [contactId]))).size > 0) wrongs.push('the key is there');
      const [tombstones, rows, fingerprints] = await stand.look(async (tx) => [
        await tx.tombstone.count({ where: { erasureId } }),
        await tx.contact.count({ where: { id: contactId } }),
        await tx.tombstoneFingerprint.count({ where: { tombstone: { erasureId } } }),
      ]);
      if (tombstones !== 1 || fingerprints !== 1) wrongs.push(`${tombstones} tombstones, ${fingerprints} fingerprints`);
      if (rows !== 0) wrongs.push('the contact has a row');
      return wrongs;
    },
  };
}

async function resubscription(stand: Stand): Promise<Flow> {
  const { api } = stand.account;
  const person = stand.newPerson();
  const listId = await stand.importContacts([person.email]);
  const before = (await stand.contactOf(person.email))!.id;
  await erasedBy(stand, before);
  const found = await api.ok('POST', '/v1/tombstones/search', { email: person.email });
  const tombstoneId: string = found.tombstones[0].id;
  /** The one mail may be among those whose fate is not known; then nobody is asked twice, and it is named. */
  const mailIsUnknown = async () =>
    stand.look(async (tx) => {
      const offers = await tx.resubscription.findMany({ where: { tombstoneId }, select: { id: true } });
      const mine = { in: offers.map(({ id }) => id) };
      return (await tx.delivery.count({ where: { resubscriptionId: mine, state: 'unknown' } })) > 0;
    });
  let lost = false;
  return {
    async run() {
      const request = { email: person.email, list_ids: [listId], how_asked: 'By telephone' };
      await persist(async () => {
        const asked = answered(await api.send('POST', `/v1/tombstones/${tombstoneId}/resubscribe`, request));
        // Refused as asked already: the answer to the first request was lost.
        if (asked.status >= 300 && asked.status !== 409) throw new Error(`resubscribe answered ${asked.status}`);
      });
      await eventually('the mail, or that its fate is not known', limitMs, async () => {
        if ((await person.mails()).length > 0) return true;
        lost = await mailIsUnknown();
        return lost;
      });
      if (lost) return;
      await pressButton(person);
      await eventually('the new card', limitMs, async () => (await stand.contactOf(person.email)) !== undefined);
    },
    async wrongs() {
      const wrongs: string[] = [];
      const { offers, cards } = await stand.look(async (tx) => {
        const rows = await tx.resubscription.findMany({ where: { tombstoneId } });
        const ids = rows.flatMap(({ contactId }) => contactId ?? []);
        return { offers: rows, cards: await tx.contact.findMany({ where: { id: { in: ids } } }) };
      });
      if (offers.length !== 1) wrongs.push(`${offers.length} resubscriptions`);
      const wanted = lost ? 0 : 1;
      if (cards.length !== wanted || cards.some(({ id, source }) => id === before || source !== 'Resubscribed')) {
        wrongs.push(`${cards.length} new cards, wanted ${wanted}`);
      }
      const mails = (await person.mails()).length;
      if (mails > 1) wrongs.push(`${mails} mails`);
      return wrongs;
    },
  };
}

/** Opens the link of the newest mail and presses its button until the page says that it is done. */
async function pressButton(person: Person): Promise<void> {
  const mail = await persist(() => person.mail('with a button', ({ html }) => html.includes('/c/'), limitMs));
  const page = await persist(async () => answered(await person.open(person.linkIn(mail, '/c/'))));
  const done = await persist(async () => answered(await person.submit(page)));
  if (done.status !== 200) throw new Error(`the button answered ${done.status}`);
}
