import { DomUtils, parseDocument } from 'htmlparser2';
import type { InboxClient, InboxMessage } from '../inbox-client.js';
import { Deviation, expectThat } from './deviation.js';

export interface PageForm {
  action: string;
  fields: Array<{ name: string; type: string; value: string; ticked: boolean }>;
}

export interface Page {
  url: string;
  status: number;
  html: string;
  /** What a person reads. */
  text: string;
  forms: PageForm[];
}

/** A person with an inbox and a browser without script: opens links, reads pages, fills in forms, presses buttons. */
export class Person {
  constructor(
    readonly email: string,
    private readonly inbox: InboxClient,
  ) {}

  async open(url: string): Promise<Page> {
    const response = await fetch(url, { headers: { 'accept-language': 'en' } });
    return toPage(url, response.status, await response.text());
  }

  /** Sends a page's form with its hidden values, and `values` in its fields. */
  async submit(page: Page, values: Record<string, string> = {}): Promise<Page> {
    const form = page.forms[0];
    expectThat(form !== undefined, `a form on the page at ${new URL(page.url).pathname.slice(0, 3)}`);
    const body = new URLSearchParams();
    for (const field of form.fields) if (field.type === 'hidden') body.set(field.name, field.value);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const url = new URL(form.action, page.url).href;
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'accept-language': 'en' },
    });
    return toPage(url, response.status, await response.text());
  }

  /** The newest mail to this person that matches; waits for it. */
  async mail(what: string, match: (message: InboxMessage) => boolean, timeoutMs = 20_000): Promise<InboxMessage> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const mine = (await this.mails()).filter(match);
      const newest = mine.at(-1);
      if (newest) return newest;
      if (Date.now() > deadline) throw new Deviation(`waited ${timeoutMs} ms for a mail: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async mails(): Promise<InboxMessage[]> {
    return this.inbox.messages((arrival) => arrival.to.includes(this.email));
  }

  /** The link of a mail whose address has this path: read from the HTML part, as a mail program shows it. */
  linkIn(message: InboxMessage, path: '/c/' | '/n/' | '/u/'): string {
    const links = DomUtils.getElementsByTagName('a', parseDocument(message.html)).map(
      (link) => link.attribs.href ?? '',
    );
    const link = links.find((href) => URL.canParse(href) && new URL(href).pathname.startsWith(path));
    expectThat(link !== undefined, `a link ${path}… in the mail`);
    return link;
  }
}

function toPage(url: string, status: number, html: string): Page {
  const document = parseDocument(html);
  const forms = DomUtils.getElementsByTagName('form', document).map((form) => ({
    action: form.attribs.action ?? url,
    fields: DomUtils.getElementsByTagName('input', form).map((input) => ({
      name: input.attribs.name ?? '',
      type: input.attribs.type ?? 'text',
      value: input.attribs.value ?? '',
      ticked: 'checked' in input.attribs,
    })),
  }));
  const body = DomUtils.getElementsByTagName('main', document)[0] ?? document;
  return { url, status, html, text: DomUtils.textContent(body).replace(/\s+/g, ' ').trim(), forms };
}
