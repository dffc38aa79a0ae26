import { randomUUID } from 'node:crypto';
import { InboxClient, type InboxMessage } from '../../apps/stack/inbox-client.js';
import { runningStack } from './stack.js';
import type { Answer, StackAccess, TestAccount } from './test-account.js';

export const inbox = new InboxClient(runningStack().urls.inbox);
/** A mail that has not come by then does not come, in milliseconds. */
export const mailLimitMs = 20_000;

export const freshEmail = () => `${randomUUID()}@people.example`;

export async function mailsTo(email: string): Promise<InboxMessage[]> {
  return inbox.messages((mail) => mail.to.includes(email));
}

export const pointersOf = ({ body }: Answer): string[] =>
  body.problems.map(({ pointer }: { pointer: string }) => pointer);

export const brandFields = {
  name: 'Aurora',
  color: '#0b6e4f',
  sender_name: 'Aurora',
  sender_email: 'news@aurora.example',
  controller: 'Aurora Trading AB',
  postal_address: 'Main Street 1\n111 22 Malmö',
};

export const body = (text: string) => `<mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section>`;

export const greeting = {
  subject: "Hello {{ contact.first_name | default: 'you' }}",
  body: body(
    'Dear {{ contact.last_name }}, {{ list.name }}: {{ campaign.name }} <a href="https://aurora.example/a">shop</a>',
  ),
};

/** Presses the button of the page that a mail leads to: `c` confirms, `n` says "this was not me". */
export async function pressButton(text: string, path: 'c' | 'n'): Promise<void> {
  const url = new RegExp(`http\\S+/${path}/\\S+`).exec(text)?.[0];
  const response = await fetch(url!, { method: 'POST' });
  expect(response.status).toBe(200);
}

/** An account with a brand, and what a marketer makes in it. */
export class MarketingAccount {
  private constructor(
    readonly account: TestAccount,
    readonly brandId: string,
  ) {}

  static async open(stack: StackAccess): Promise<MarketingAccount> {
    const account = await stack.openAccount('Aurora');
    return new MarketingAccount(account, (await account.make('/v1/brands', brandFields)).id);
  }

  async newList(): Promise<string> {
    const list = { brand_id: this.brandId, name: `News ${randomUUID()}`, purpose: 'Monthly news' };
    return (await this.account.make('/v1/lists', list)).id;
  }

  async newTemplate(content: object = greeting): Promise<string> {
    return (await this.account.make('/v1/templates', { brand_id: this.brandId, name: 'Greeting', ...content })).id;
  }

  async newCampaign(
    fields: { list_id?: string; template_id?: string; [field: string]: unknown } = {},
  ): Promise<string> {
    const { list_id = await this.newList(), template_id = await this.newTemplate(), ...more } = fields;
    return (await this.account.make('/v1/campaigns', { name: 'November', list_id, template_id, ...more })).id;
  }

  /** A test address whose owner pressed the button in the mail. */
  async verifiedAddress(email = freshEmail()): Promise<string> {
    const { id } = await this.account.make('/v1/test-addresses', { email });
    await pressButton((await inbox.find((mail) => mail.to.includes(email), mailLimitMs)).text, 'c');
    return id;
  }
}
