import { simpleParser } from 'mailparser';
import { z } from 'zod';

/** A mail as the person to whom it was sent gets it. */
export interface InboxMessage {
  id: string;
  /** The envelope's recipients, whatever the headers say. */
  to: string[];
  from: string;
  subject: string;
  /** Empty where the mail has no such part. */
  text: string;
  html: string;
  /** Names in lower case, values unfolded but otherwise as sent; repeated headers are joined by a line break. */
  headers: Record<string, string>;
  /** ISO 8601, of the Date header, hence whole seconds. */
  time: string;
}

/** What the list tells of a mail, without opening it. */
export type Arrival = Pick<InboxMessage, 'id' | 'to' | 'subject' | 'time'>;

const address = z.object({ address: z.string() });
const listed = z.array(
  z.object({
    id: z.string(),
    time: z.string(),
    subject: z.string().default(''),
    envelope: z.object({ to: z.array(address) }),
  }),
);

const PAGE = 500;
const PARALLEL = 16;
const POLL_MS = 50;

/**
 * Reads the local inbox (MailDev 3) through its REST API:
 *
 * - `GET /api/email?skip=S&limit=L`: mails in the order of their arrival, with bodies and envelope, but without the
 *   List-* headers;
 * - `GET /api/email/summary?skip&limit&sort&search`: the same as short lines, at most 200, sorted by the Date header;
 * - `GET /api/email/:id`: one mail (and marks it as read);
 * - `GET /api/email/:id/source`: the mail byte for byte, from which headers and bodies are taken here;
 * - `DELETE /api/email/all`, `DELETE /api/email/:id`.
 *
 * Listing sends whole mails (about 12 KB each), so this client remembers what it has seen and asks for the rest, and opens
 * a mail only when it is read.
 */
export class InboxClient {
  private readonly webUrl: string;
  private seen: Arrival[] = [];
  private readonly opened = new Map<string, InboxMessage>();
  private reading: Promise<void> = Promise.resolve();

  /** @param webUrl of the inbox's page, for example `http://127.0.0.1:1080` */
  constructor(webUrl: string) {
    this.webUrl = webUrl.replace(/\/+$/, '');
  }

  /** What has arrived, the first first. Much faster than reading: opening a mail means fetching and parsing its source. */
  async arrivals(): Promise<Arrival[]> {
    // One after another: two readers at once would both add the same mails.
    const next = this.reading.then(() => this.update());
    this.reading = next.catch(() => undefined); // The caller of this reading gets the error; the next one tries anew.
    await next;
    return [...this.seen];
  }

  /** The mails that `of` accepts, opened, the first to arrive first; all of them unless given. */
  async messages(of: (arrival: Arrival) => boolean = () => true): Promise<InboxMessage[]> {
    const arrivals = (await this.arrivals()).filter(of);
    const messages: InboxMessage[] = [];
    for (let offset = 0; offset < arrivals.length; offset += PARALLEL) {
      const part = arrivals.slice(offset, offset + PARALLEL);
      messages.push(...(await Promise.all(part.map((arrival) => this.open(arrival)))));
    }
    return messages;
  }

  /**
   * The first mail to arrive that matches, now or later.
   * @throws Error when none has come within `timeoutMs`; it names no address
   */
  async find(match: (message: InboxMessage) => boolean, timeoutMs: number): Promise<InboxMessage> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const messages = await this.messages();
      const found = messages.find(match);
      if (found) return found;
      if (Date.now() > deadline) {
        throw new Error(`No such mail came within ${timeoutMs} ms; the inbox holds ${messages.length} others.`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The mail byte for byte as it came in (as Latin-1, so that no byte is lost: `Buffer.from(source, 'latin1')`). */
  async source(id: string): Promise<string> {
    const response = await this.request(`/api/email/${encodeURIComponent(id)}/source`);
    return Buffer.from(await response.arrayBuffer()).toString('latin1');
  }

  /** Deletes all mails. */
  async clear(): Promise<void> {
    const response = await this.request('/api/email/all', { method: 'DELETE' });
    await response.body?.cancel();
    this.seen = [];
    this.opened.clear();
  }

  private async update(): Promise<void> {
    let arrivals = this.seen;
    for (;;) {
      // The last known mail is asked for again: if it is not where it was, mails were deleted, and we start over.
      const skip = Math.max(arrivals.length - 1, 0);
      const response = await this.request(`/api/email?skip=${skip}&limit=${PAGE + 1}`);
      const page = listed.parse(await response.json());
      const last = arrivals.at(-1);
      if (last && page[0]?.id !== last.id) {
        arrivals = [];
        continue;
      }
      const fresh = (last ? page.slice(1) : page).map(({ id, time, subject, envelope }) => ({
        id,
        to: envelope.to.map((recipient) => recipient.address),
        subject,
        time: new Date(time).toISOString(),
      }));
      arrivals = [...arrivals, ...fresh];
      if (page.length <= PAGE) break;
    }
    this.seen = arrivals;
  }

  private async open(arrival: Arrival): Promise<InboxMessage> {
    const known = this.opened.get(arrival.id);
    if (known) return known;
    const parsed = await simpleParser(Buffer.from(await this.source(arrival.id), 'latin1'), {
      skipHtmlToText: true, // A mail without a text part has none.
      skipTextToHtml: true,
      skipImageLinks: true,
    });
    const headers: Record<string, string> = {};
    for (const { key, line } of parsed.headerLines) {
      const value = line
        .slice(line.indexOf(':') + 1)
        .replace(/\r?\n(?=[ \t])/g, '')
        .trim();
      headers[key] = headers[key] === undefined ? value : `${headers[key]}\n${value}`;
    }
    const message: InboxMessage = {
      ...arrival,
      from: parsed.from?.value[0]?.address ?? '',
      subject: parsed.subject ?? '',
      text: parsed.text ?? '',
      html: parsed.html || '',
      headers,
    };
    this.opened.set(arrival.id, message);
    return message;
  }

  private async request(path: string, init?: RequestInit): Promise<Response> {
    const response = await fetch(`${this.webUrl}${path}`, init);
    if (!response.ok) throw new Error(`The inbox answered ${response.status} to ${path.replace(/\?.*/, '')}`);
    return response;
  }
}
