import { createHash, randomUUID } from 'node:crypto';
import { newKey, seal } from './cipher.js';
import {
  type EvidenceDetail,
  type EvidenceFacts,
  openEvidence,
  type SealedEvidence,
  sealEvidence,
} from './evidence.js';

const key = newKey();
const account = randomUUID();
const contact = randomUUID();
const list = randomUUID();

interface Row {
  facts: EvidenceFacts;
  sealed: SealedEvidence;
}

const detail: EvidenceDetail = {
  ip: '192.0.2.7',
  userAgent: 'Mozilla/5.0',
  wording: 'Yes, send me the news.',
  origin: 'till receipt 2026-03-01',
  messageId: '<1@brand.example>',
};

function factsOf(sequence: number, kind = 'requested', contactId = contact): EvidenceFacts {
  return {
    contactId,
    sequence,
    kind,
    channel: 'email',
    listId: list,
    formVersionId: null,
    deliveryId: null,
    reported: false,
    occurredAt: new Date(Date.UTC(2026, 2, sequence, 10, 0, 0, 123)),
  };
}

function chainOf(kinds: string[], contactId = contact): Row[] {
  const rows: Row[] = [];
  for (const kind of kinds) {
    const facts = factsOf(rows.length + 1, kind, contactId);
    rows.push({ facts, sealed: sealEvidence(key, account, facts, detail, rows.at(-1)?.sealed.hash ?? null) });
  }
  return rows;
}

/** Whether each event holds when the rows are read in this order. */
function holds(rows: Row[]): boolean[] {
  let previous: Uint8Array | null = null;
  return rows.map(({ facts, sealed }) => {
    const { intact } = openEvidence(key, account, facts, sealed, previous);
    previous = sealed.hash;
    return intact;
  });
}

const chain = chainOf(['requested', 'confirmation_sent', 'confirmed', 'unsubscribed']);

/** The chain with one event's row replaced. */
function withRow(index: number, change: (row: Row) => Partial<Row>): Row[] {
  return chain.map((row, at) => (at === index ? { ...row, ...change(row) } : row));
}

describe('a chain of evidence', () => {
  test('holds as it was written, and gives back what was shown, from where, and what was answered', () => {
    expect(holds(chain)).toEqual([true, true, true, true]);
    const [first] = chain;
    expect(openEvidence(key, account, first!.facts, first!.sealed, null)).toEqual({ detail, intact: true });
  });

  test('keeps an event without any detail', () => {
    const facts = { ...factsOf(1), channel: null, listId: null };
    const sealed = sealEvidence(key, account, facts, {}, null);
    expect(openEvidence(key, account, facts, sealed, null)).toEqual({ detail: {}, intact: true });
  });

  test.each<[string, Partial<EvidenceFacts>]>([
    ['kind', { kind: 'imported' }],
    ['channel', { channel: 'sms' }],
    ['channel, taken away', { channel: null }],
    ['list', { listId: randomUUID() }],
    ['list, taken away', { listId: null }],
    ['form version', { formVersionId: randomUUID() }],
    ['answered message', { deliveryId: randomUUID() }],
    ['mark as reported', { reported: true }],
    ['time, by a millisecond', { occurredAt: new Date(Date.UTC(2026, 2, 2, 10, 0, 0, 124)) }],
    ['place in the order', { sequence: 3 }],
    ['contact', { contactId: randomUUID() }],
  ])('shows which event’s %s was changed, and leaves the others standing', (_what, change) => {
    expect(holds(withRow(1, ({ facts }) => ({ facts: { ...facts, ...change } })))).toEqual([true, false, true, true]);
  });

  test.each<[keyof EvidenceDetail]>([['ip'], ['userAgent'], ['wording'], ['origin'], ['messageId']])(
    'shows that the %s was rewritten, even by somebody who holds the contact’s key',
    (field) => {
      const context = `evidence/${account}/${contact}/2`;
      const forged = { salt: 'AAAAAAAAAAAAAAAAAAAAAA==', ...detail, [field]: 'forged' };
      const rewritten = withRow(1, ({ sealed }) => ({
        sealed: { ...sealed, detailSealed: seal(key, JSON.stringify(forged), context) },
      }));
      expect(holds(rewritten)).toEqual([true, false, true, true]);
    },
  );

  test('shows that the sealed detail was damaged, cut or taken from another event', () => {
    const damaged = Buffer.from(chain[1]!.sealed.detailSealed);
    damaged[20]! ^= 1;
    for (const detailSealed of [damaged, damaged.subarray(0, 10), Buffer.alloc(0), chain[2]!.sealed.detailSealed]) {
      const rows = withRow(1, ({ sealed }) => ({ sealed: { ...sealed, detailSealed } }));
      expect(holds(rows)).toEqual([true, false, true, true]);
    }
  });

  test('shows that an event was replaced by one sealed anew: the events behind it no longer follow', () => {
    const forged = factsOf(2, 'confirmation_sent');
    const rows = withRow(1, () => ({
      facts: forged,
      sealed: sealEvidence(key, account, forged, { ...detail, ip: '203.0.113.9' }, chain[0]!.sealed.hash),
    }));
    expect(holds(rows)).toEqual([true, true, false, true]);
  });

  test.each([0, 1, 2])('shows that event %i was dropped', (index) => {
    expect(holds(chain.filter((_row, at) => at !== index))).toContain(false);
  });

  test('shows that two events changed places', () => {
    const [first, second, third, fourth] = chain as [Row, Row, Row, Row];
    expect(holds([first, third, second, fourth])).toContain(false);
    expect(holds([second, first, third, fourth])).toContain(false);
  });

  test('shows that an event was put in twice', () => {
    const [first, second] = chain as [Row, Row];
    expect(holds([first, second, second])).toEqual([true, true, false]);
  });

  test('shows that an event came from another contact, with its facts or with these', () => {
    const stranger = chainOf(['requested', 'confirmed'], randomUUID())[1]!;
    expect(holds(withRow(1, () => stranger))).toEqual([true, false, false, true]);
    expect(holds(withRow(1, ({ facts }) => ({ facts, sealed: stranger.sealed })))).toEqual([true, false, false, true]);
  });

  test('does not hold in another account, or with another key', () => {
    const [first] = chain as [Row];
    expect(openEvidence(key, randomUUID(), first.facts, first.sealed, null)).toEqual({ detail: {}, intact: false });
    expect(openEvidence(newKey(), account, first.facts, first.sealed, null)).toEqual({ detail: {}, intact: false });
  });

  test('commits to equal events differently each time, so that nobody can try out guessed IPs', () => {
    const facts = factsOf(1);
    const [one, two] = [0, 1].map(() => sealEvidence(key, account, facts, detail, null));
    expect(one!.commitment.equals(two!.commitment)).toBe(false);
    expect(one!.hash.equals(two!.hash)).toBe(false);
    const unsalted = createHash('sha256').update(JSON.stringify(detail)).digest();
    expect(one!.commitment.equals(unsalted)).toBe(false);
    expect(one!.detailSealed.includes('192.0.2.7')).toBe(false);
  });
});
