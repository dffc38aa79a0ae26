import { randomUUID } from 'node:crypto';
import { freshEmail, greeting, inbox, mailLimitMs, pressButton } from './marketing-account.js';
import { SignUpForm } from './sign-up-form.js';
import type { StackAccess, TestAccount } from './test-account.js';

/** One of each noun that the API has, by the noun's path. */
export interface EverythingOfOneAccount {
  account: TestAccount;
  ids: Record<Noun, string>;
  /** Of the contact that is there. */
  email: string;
  /** Of the contact that was erased. */
  erasedEmail: string;
  formUrl: string;
}

export const nouns = [
  'api-keys',
  'brands',
  'lists',
  'forms',
  'contacts',
  'imports',
  'templates',
  'test-addresses',
  'campaigns',
  'suppressions',
  'erasures',
  'tombstones',
  'resubscriptions',
] as const;
export type Noun = (typeof nouns)[number];

/** An account that has used every part of the product once: by its API, by its form, by mail. */
export async function companyWithEverything(stack: StackAccess): Promise<EverythingOfOneAccount> {
  const form = await SignUpForm.open(stack);
  const { account, listId, formId } = form;
  const brandId = (await account.call('GET', `/v1/lists/${listId}`)).body.brand_id;
  const [email, erasedEmail, tester] = [freshEmail(), freshEmail(), freshEmail()];
  const links = await Promise.all([form.signUp(email), form.signUp(erasedEmail)]);
  for (const { confirm } of links) expect((await fetch(confirm, { method: 'POST' })).status).toBe(200);
  const contactId = (await form.cardOf(email)).id;

  const key = await account.make('/v1/api-keys', { name: 'Shop', role: 'marketer' });
  const template = await account.make('/v1/templates', { brand_id: brandId, name: 'Letter', ...greeting });
  const suppression = await account.make('/v1/suppressions', { email: freshEmail() });
  const imported = await account.make('/v1/imports', {
    list_ids: [listId],
    mode: 'pre_verified',
    evidence: { origin: 'Shop', wording: 'Yes, send me news.', obtained_at: '2026-01-02T03:04:05Z' },
  });
  const file = await account.upload(`/v1/imports/${imported.id}/file`, `email\n${freshEmail()}\nnot an address\n`);
  expect(file).toMatchObject({ status: 200, body: { created: 1, refused: 1 } });
  const tested = await account.make('/v1/test-addresses', { email: tester });
  await pressButton((await inbox.find((mail) => mail.to.includes(tester), mailLimitMs)).text, 'c');

  const campaign = (name: string) =>
    account.make('/v1/campaigns', { name, list_id: listId, template_id: template.id }) as Promise<{ id: string }>;
  const draft = await campaign('Draft');
  await account.make(`/v1/campaigns/${(await campaign('Sent')).id}/send`, {});
  await inbox.find((mail) => mail.to.includes(email) && mail.subject.startsWith('Hello'), mailLimitMs);

  const erasure = await account.make('/v1/erasures', { contact_id: (await form.cardOf(erasedEmail)).id });
  const tombstoneId = await tombstoneOf(account, erasure.id);
  const resubscription = await account.make(`/v1/tombstones/${tombstoneId}/resubscribe`, {
    email: erasedEmail,
    list_ids: [listId],
    how_asked: 'telephone',
  });
  const ids = {
    'api-keys': key.id,
    brands: brandId,
    lists: listId,
    forms: formId,
    contacts: contactId,
    imports: imported.id,
    templates: template.id,
    'test-addresses': tested.id,
    campaigns: draft.id,
    suppressions: suppression.id,
    erasures: erasure.id,
    tombstones: tombstoneId,
    resubscriptions: resubscription.id,
  };
  return { account, ids, email, erasedEmail, formUrl: form.url };
}

async function tombstoneOf(account: TestAccount, erasureId: string): Promise<string> {
  const until = Date.now() + mailLimitMs;
  while (Date.now() < until) {
    const { body } = await account.call('GET', `/v1/erasures/${erasureId}`);
    if (body.status === 'done') return body.tombstone_id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The erasure did not end in time.');
}

/** A request that an account makes with ids of its own. Ids of paths are filled in by noun. */
export interface OwnRequest {
  body?: object;
  query?: Record<string, string>;
}

/**
 * What each operation that takes a body, or an id in its query, is sent. Keys are those of the OpenAPI document; the
 * spec fails when one is missing here.
 */
export function ownRequests({ ids, email, erasedEmail }: EverythingOfOneAccount): Record<string, OwnRequest[]> {
  const consent = { origin: 'Shop', wording: 'Yes.', obtained_at: '2026-01-02T03:04:05Z' };
  const test = [ids['test-addresses']];
  const byList = { query: { list_id: ids.lists } };
  const byBrand = { query: { brand_id: ids.brands } };
  return {
    'PATCH /v1/brands/{id}': [{ body: { name: `Renamed ${randomUUID()}` } }],
    'POST /v1/lists': [{ body: { brand_id: ids.brands, name: randomUUID(), purpose: 'More' } }],
    'GET /v1/lists': [byBrand],
    'PATCH /v1/lists/{id}': [{ body: { purpose: 'Other' } }],
    'POST /v1/forms': [{ body: { list_id: ids.lists, name: 'Another' } }],
    'GET /v1/forms': [byList],
    'PATCH /v1/forms/{id}': [{ body: { name: 'Other' } }],
    'PUT /v1/contacts': [{ body: { email, opt_in: { list_ids: [ids.lists] } } }],
    'GET /v1/contacts': [byList],
    'PATCH /v1/contacts/{id}': [{ body: { first_name: 'Ada' } }],
    'POST /v1/contacts/{id}/unsubscribe': [{ body: { list_id: ids.lists } }, { body: { all: true } }],
    'POST /v1/imports': [{ body: { list_ids: [ids.lists], mode: 'pre_verified', evidence: consent } }],
    'POST /v1/templates': [{ body: { brand_id: ids.brands, name: 'Other', ...greeting } }],
    'GET /v1/templates': [byBrand],
    'PUT /v1/templates/{id}': [{ body: greeting }],
    'POST /v1/templates/{id}/preview': [{ body: { list_id: ids.lists, contact_id: ids.contacts } }],
    'POST /v1/templates/{id}/test-send': [{ body: { test_address_ids: test, list_id: ids.lists } }],
    'POST /v1/campaigns': [{ body: { name: 'Another', list_id: ids.lists, template_id: ids.templates } }],
    'GET /v1/campaigns': [byList],
    'PATCH /v1/campaigns/{id}': [{ body: { list_id: ids.lists, template_id: ids.templates } }],
    'POST /v1/campaigns/{id}/preview': [{ body: { contact_id: ids.contacts } }],
    'POST /v1/campaigns/{id}/test-send': [{ body: { test_address_ids: test } }],
    'GET /v1/campaigns/{id}/deliveries': [{ query: { contact_id: ids.contacts } }],
    'POST /v1/erasures': [{ body: { contact_id: ids.contacts } }],
    'POST /v1/tombstones/{id}/resubscribe': [
      { body: { email: erasedEmail, list_ids: [ids.lists], how_asked: 'telephone' } },
    ],
  };
}
