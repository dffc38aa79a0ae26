import type { ApiClient } from './api-client.js';
import * as company from './company.js';

export interface OpenedAccount {
  /** With the key that the account was given. */
  api: ApiClient;
  accountId: string;
  apiKey: string;
  brandA: string;
  brandB: string;
  listA: string;
  listB: string;
  formId: string;
  /** Of the published sign-up form of list A. */
  formUrl: string;
}

/** The waits of list A's double opt-in, in seconds; the API's own unless given. */
export interface OptInPolicy {
  reminder_after_seconds?: number[];
  expire_after_seconds?: number;
}

/** Opens an account as a new customer does: two brands, a list each, a published form. @throws Deviation */
export async function openAccount(operator: ApiClient, name: string, policy: OptInPolicy = {}): Promise<OpenedAccount> {
  const account = await operator.ok('POST', '/v1/accounts', { name });
  const apiKey: string = account.api_key.secret;
  const api = operator.withKey(apiKey);
  return { api, accountId: account.id, apiKey, ...(await openCompany(api, policy)) };
}

/** What a new customer makes in an account: two brands, a list each, a published form. @throws Deviation */
export async function openCompany(
  api: ApiClient,
  policy: OptInPolicy = {},
): Promise<Omit<OpenedAccount, 'api' | 'accountId' | 'apiKey'>> {
  const brandA = (await api.ok('POST', '/v1/brands', company.brands.a)).id;
  const brandB = (await api.ok('POST', '/v1/brands', company.brands.b)).id;
  const listA = (await api.ok('POST', '/v1/lists', { brand_id: brandA, ...company.lists.a, ...policy })).id;
  const listB = (await api.ok('POST', '/v1/lists', { brand_id: brandB, ...company.lists.b })).id;
  const form = await api.ok('POST', '/v1/forms', {
    list_id: listA,
    name: 'Sign-up',
    fields: ['first_name', 'last_name'],
    languages: company.formTexts,
  });
  const { url } = await api.ok('POST', `/v1/forms/${form.id}/publish`);
  return { brandA, brandB, listA, listB, formId: form.id, formUrl: url };
}
