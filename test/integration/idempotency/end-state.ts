import { createHash } from 'node:crypto';

/** A row, or a fact that is looked at like one, under the name of its table. */
export type StateRow = { table: string; [column: string]: unknown };

/** Rows as text, in order, in which generated ids, bytes and times are replaced by what they mean. */
export type EndState = string[];

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const bytes = /\\\\x[0-9a-f]+/;
const token = new RegExp(`${uuid.source}|${bytes.source}`, 'g');
const moment = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)/g;
const hourMs = 3_600_000;

/** Rounds of telling ids apart by what stands around them; rows are at most this many references away from each other. */
const rounds = 5;

/**
 * The same text for two states that differ only in ids, bytes and moments. Ids and bytes are told apart by the rows they
 * occur in, so that a reference to the wrong row shows. Moments are whole hours from `now`; a length of time in
 * milliseconds (a name that ends in Ms) is rounded to hours.
 */
export function comparable(rows: StateRow[], now: Date): EndState {
  const texts = rows.map(({ table, ...row }) =>
    `${table} ${JSON.stringify(row, plainValue)}`.replace(moment, (text) => hoursFrom(now, text)),
  );
  let meaning = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const around = new Map<string, string[]>();
    for (const text of texts) {
      for (const id of new Set(text.match(token))) {
        const seen = text.replace(token, (other) => (other === id ? '<this>' : (meaning.get(other) ?? '<id>')));
        around.set(id, [...(around.get(id) ?? []), seen]);
      }
    }
    meaning = new Map([...around].map(([id, seen]) => [id, `<${digest(seen.sort().join('\n'))}>`]));
  }
  return texts.map((text) => text.replace(token, (id) => meaning.get(id)!)).sort();
}

/** Also puts the names of each object in order: PostgreSQL keeps those of JSON in an order of its own. */
function plainValue(name: string, value: unknown): unknown {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  }
  if (!name.endsWith('Ms')) return value;
  const hours = (length: number) => `${Math.round(length / hourMs)} hours`;
  return Array.isArray(value) ? value.map(hours) : hours(value as number);
}

function hoursFrom(now: Date, text: string): string {
  return `${Math.round((new Date(text).getTime() - now.getTime()) / hourMs) + 0} hours from now`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
