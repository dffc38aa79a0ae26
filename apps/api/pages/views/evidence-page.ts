import { type Html, html } from './html.js';
import { type Language, type PageBrand, page } from './layout.js';
import type { Texts } from './texts.en.js';
import { texts } from './texts.js';

/** One consent event as it is printed. What was not recorded is left out and shown as such. */
export interface EvidenceEvent {
  sequence: number;
  /** The recorded code. It is printed beside its meaning: a proof shows what is stored. */
  kind: string;
  channel?: string;
  listName?: string;
  /** ISO 8601 in UTC, as are all times of this page. */
  occurredAt: string;
  ip?: string;
  userAgent?: string;
  wording?: string;
  /** Told by another system instead of recorded here (P5). */
  reported: boolean;
  /** Hexadecimal. */
  hash: string;
}

export interface EvidencePage {
  brand?: PageBrand;
  language: Language;
  subscriberId: string;
  /** In the order of their sequence. */
  events: readonly EvidenceEvent[];
  chainValid: boolean;
  printedAt: string;
}

function time(at: string): Html {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(at);
  return match ? html`<time datetime="${at}">${match[1]} ${match[2]} UTC</time>` : html`${at}`;
}

function phrase(phrases: Record<string, string>, code: string): string | undefined {
  return Object.hasOwn(phrases, code) ? phrases[code] : undefined;
}

function row(words: Texts['evidence'], event: EvidenceEvent): Html {
  const kind = phrase(words.kinds, event.kind);
  return html`<tr>
<th class="number" scope="row">${event.sequence}</th>
<td class="time">${time(event.occurredAt)}</td>
<td class="event">${kind && html`<p>${kind}</p>`}
<p><code>${event.kind}</code></p>
${event.channel && html`<p>${phrase(words.channels, event.channel) ?? event.channel}</p>`}
${event.listName && html`<p>${event.listName}</p>`}
${event.reported && html`<p class="mark">${words.reported}</p>`}</td>
<td class="wording">${event.wording ?? words.notRecorded}</td>
<td class="from"><p>${event.ip ? words.ip(event.ip) : words.notRecorded}</p>
${event.userAgent && html`<p class="quiet">${event.userAgent}</p>`}</td>
<td class="hash"><code>${event.hash}</code></td>
</tr>`;
}

/**
 * The printable proof of consent of one contact (GDPR art. 7(1)), for the account's own staff. It masks nothing: the
 * caller passes what the viewer may see.
 */
export function evidencePage({ brand, language, subscriberId, events, chainValid, printedAt }: EvidencePage): string {
  const words = texts[language].evidence;
  const { columns } = words;
  return page({
    language,
    brand,
    wide: true,
    title: `${words.title}: ${subscriberId}`,
    content: html`<h1>${words.title}</h1>
<p>${words.basis}</p>
<dl class="particulars">
<dt>${words.subscriberId}</dt><dd>${subscriberId}</dd>
<dt>${words.printedAt}</dt><dd>${time(printedAt)}</dd>
<dt>${words.count}</dt><dd>${events.length}</dd>
</dl>
${
  (events.length > 0 || !chainValid) &&
  html`<p class="verdict${!chainValid && ' verdict-broken'}">${chainValid ? words.intact : words.broken}</p>`
}
${
  events.length === 0
    ? html`<p>${words.none}</p>`
    : html`<div class="scroll" role="region" aria-labelledby="events" tabindex="0">
<table>
<caption id="events">${words.caption}</caption>
<thead><tr>
<th class="number" scope="col">${columns.sequence}</th>
<th scope="col">${columns.time}</th>
<th scope="col">${columns.event}</th>
<th scope="col">${columns.wording}</th>
<th scope="col">${columns.from}</th>
<th scope="col">${columns.hash}</th>
</tr></thead>
<tbody>
${events.map((event) => row(words, event))}
</tbody>
</table>
</div>
${events.some((event) => event.reported) && html`<p class="quiet">${words.reportedMeans}</p>`}`
}`,
  });
}
