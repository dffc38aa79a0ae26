import { randomUUID } from 'node:crypto';
import type { InboxMessage } from '../../apps/stack/inbox-client.js';
import { inbox, mailLimitMs } from './marketing-account.js';
import type { StackAccess, TestAccount } from './test-account.js';

export const formTexts = {
  en: {
    title: 'Our news',
    intro: 'Once a month.',
    purpose: 'To send you our newsletter.',
    consent_text: 'Yes, I want news by email.',
    tracking_text: 'You may measure what I open and click.',
    submit_label: 'Sign me up',
  },
  sv: {
    title: 'Våra nyheter',
    purpose: 'För att skicka vårt nyhetsbrev.',
    consent_text: 'Ja, jag vill ha nyheter.',
    tracking_text: 'Ni får mäta vad jag öppnar.',
    submit_label: 'Anmäl mig',
  },
};

export const companyFields = {
  name: 'Åkes',
  color: '#0b6e4f',
  sender_name: 'Åkes',
  sender_email: 'news@akes.example',
  controller: 'Åkes Handel AB',
  postal_address: 'Gatan 1\n111 22 Stockholm',
  privacy_notice_url: 'https://akes.example/privacy',
};

/** A brand with a list, and a form of it that is published. */
export class SignUpForm {
  private constructor(
    readonly account: TestAccount,
    readonly listId: string,
    readonly formId: string,
    readonly url: string,
  ) {}

  static async open(stack: StackAccess): Promise<SignUpForm> {
    const account = await stack.openAccount('Åkes');
    const brand = await account.make('/v1/brands', companyFields);
    const list = await account.make('/v1/lists', { brand_id: brand.id, name: 'Nyheter', purpose: 'News' });
    const form = await account.make('/v1/forms', {
      list_id: list.id,
      name: 'Start page',
      languages: formTexts,
      fields: ['first_name'],
    });
    const { url } = await account.make(`/v1/forms/${form.id}/publish`, {});
    return new SignUpForm(account, list.id, form.id, url);
  }

  async newList(): Promise<string> {
    const { body } = await this.account.call('GET', `/v1/lists/${this.listId}`);
    const list = { brand_id: body.brand_id, name: `News ${randomUUID()}`, purpose: 'More news' };
    return (await this.account.make('/v1/lists', list)).id;
  }

  submit(fields: Record<string, string>, query = ''): Promise<Response> {
    return fetch(this.url + query, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  }

  /** Signs up and waits for the mail; the links of its buttons. */
  async signUp(email: string, fields: Record<string, string> = {}, query = '') {
    await this.submit({ email, consent: 'yes', ...fields }, query);
    return linksOf(await inbox.find((mail) => mail.to.includes(email), mailLimitMs));
  }

  async cardOf(email: string) {
    return (await this.account.call('POST', '/v1/contacts/search', { body: { email } })).body.data[0];
  }

  async evidenceOf(contactId: string) {
    return (await this.account.call('GET', `/v1/contacts/${contactId}/evidence`)).body;
  }
}

export function linksOf(mail: InboxMessage): { confirm: string; reject: string } {
  const link = (path: 'c' | 'n') => new RegExp(`http\\S+/${path}/\\S+`).exec(mail.text)![0];
  return { confirm: link('c'), reject: link('n') };
}
