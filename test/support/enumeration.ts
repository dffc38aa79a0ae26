import { randomInt, randomUUID } from 'node:crypto';
import { insertContact } from '../../libs/db/contacts.js';
import type { Database } from '../../libs/db/database.js';
import { fingerprintOf } from '../../libs/privacy/fingerprint.js';
import type { Keyring } from '../../libs/privacy/keyring.js';

/** What an account may know of an address that somebody types into its form. */
export const addressKinds = ['new', 'pending', 'subscribed', 'unsubscribed', 'suppressed', 'erased'] as const;
export type AddressKind = (typeof addressKinds)[number];
export type EnumerationGroups = Record<AddressKind, string[]>;

/** Addresses of every kind, as they stand in the account afterwards. All are of the same length. */
export async function groupsOfAddresses(
  accountId: string,
  listId: string,
  { db, keyring }: { db: Database; keyring: Keyring },
  perKind: number,
): Promise<EnumerationGroups> {
  const addresses = () => Array.from({ length: perKind }, () => `${randomUUID()}@people.example`);
  const groups = Object.fromEntries(addressKinds.map((kind) => [kind, addresses()])) as EnumerationGroups;
  const keys = await keyring.account(accountId);
  const insert = async (emails: string[], status: string | null, permission: 'pending' | 'confirmed') => {
    const ids = emails.map(() => randomUUID());
    const contactKeys = await keyring.create(accountId, 'contact', ids);
    await db.forAccount(accountId, async (tx) => {
      for (const [index, id] of ids.entries()) {
        await insertContact(tx, keys, {
          id,
          accountId,
          key: contactKeys.get(id)!,
          identity: { email: emails[index]! },
          source: 'Import',
          permission,
          basis: 'consent',
        });
      }
      if (status === null) return;
      await tx.subscription.createMany({
        data: ids.map((contactId) => ({ contactId, listId, accountId, status, source: 'import' })),
      });
    });
  };
  await insert(groups.pending, 'pending', 'pending');
  await insert(groups.subscribed, 'subscribed', 'confirmed');
  await insert(groups.unsubscribed, 'unsubscribed', 'confirmed');
  await insert(groups.suppressed, 'subscribed', 'confirmed');
  await db.forAccount(accountId, async (tx) => {
    await tx.suppression.createMany({
      data: groups.suppressed.map((email) => ({
        accountId,
        channel: 'email',
        fingerprint: fingerprintOf(keys.fingerprint, 'email', email),
        keyVersion: keys.keyVersion,
        reason: 'manual',
      })),
    });
    for (const email of groups.erased) {
      const tombstone = await tx.tombstone.create({
        data: {
          accountId,
          erasureId: randomUUID(),
          erasedAt: new Date(),
          ipsSealed: Buffer.alloc(0),
          channels: ['email'],
          listIds: [listId],
          evidenceUntil: new Date(Date.now() + 86_400_000),
        },
      });
      await tx.tombstoneFingerprint.create({
        data: {
          tombstoneId: tombstone.id,
          channel: 'email',
          accountId,
          fingerprint: fingerprintOf(keys.fingerprint, 'email', email),
          keyVersion: keys.keyVersion,
        },
      });
    }
  });
  return groups;
}

export interface TimedAnswer {
  kind: AddressKind;
  status: number;
  /** Without `date`, and without the value of `x-request-id`, which is another for each request. */
  headers: Record<string, string>;
  body: string;
  ms: number;
}

/**
 * Signs every address up, one request after another, one of each kind in every round, in an order that is drawn for each
 * round: what the worker does after one request slows the next one down, and must not always meet the same kind.
 */
export async function askInTurns(
  formUrl: string,
  groups: EnumerationGroups,
  onRound: (round: number) => void = () => undefined,
): Promise<TimedAnswer[]> {
  const answers: TimedAnswer[] = [];
  const rounds = groups.new.length;
  for (let round = 0; round < rounds; round += 1) {
    onRound(round);
    for (const kind of shuffled(addressKinds)) {
      const body = new URLSearchParams({ email: groups[kind][round]!, consent: 'yes' });
      const began = performance.now();
      const response = await fetch(formUrl, { method: 'POST', body, redirect: 'manual' });
      const text = await response.text();
      const ms = performance.now() - began;
      const { date: _, ...headers } = Object.fromEntries(response.headers);
      headers['x-request-id'] = (headers['x-request-id'] ?? '').replaceAll(/[0-9a-f]/g, 'x');
      answers.push({ kind, status: response.status, headers, body: text, ms });
    }
  }
  return answers;
}

/**
 * How far the medians of the kinds lie apart, and how far they would by chance alone: the largest distance among many
 * random distributions of the same times over the kinds. A machine under load widens both alike.
 */
export function spreads(answers: TimedAnswer[], draws = 500): { found: number; byChance: number } {
  const times = answers.map(({ ms }) => ms);
  const spreadOf = (labels: AddressKind[]) => {
    const medians = addressKinds.map((kind) => median(times.filter((_, index) => labels[index] === kind)));
    return Math.max(...medians) - Math.min(...medians);
  };
  const labels = answers.map(({ kind }) => kind);
  const drawn = Array.from({ length: draws }, () => spreadOf(shuffled(labels)));
  return { found: spreadOf(labels), byChance: Math.max(...drawn) };
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  const left = [...items];
  return items.map(() => left.splice(randomInt(left.length), 1)[0]!);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
