import { type SubscriptionStatus, subscriptionTransitions } from '../domain/consent.js';
import { defaultMailRating } from '../domain/engagement.js';
import { type ImportRefusalCode, importObstacle } from '../domain/import.js';
import { nextState } from '../domain/transition.js';
import { type ContactIdentity, sealIdentity } from '../privacy/envelope.js';
import { fingerprintOf } from '../privacy/fingerprint.js';
import type { AccountKeys, Keyring } from '../privacy/keyring.js';
import { newSubscriberId } from '../privacy/secrets.js';
import { chainedRow } from './consent-events.js';
import { channelFingerprints } from './contacts.js';
import type { Tx } from './database.js';
import {
  endsOfEvidence,
  type ImportedEvent,
  insertImportedCards,
  insertImportedEvents,
  lockContacts,
  subscribeImported,
} from './imports.js';
import { blockedAmong } from './suppressions.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** A row of the file, checked: everything in it is of its type, and its identifiers stand in no other row. */
export interface ImportRow {
  /** Its number in the file; the header is 1. */
  row: number;
  /** The id that a new card gets. */
  contactId: string;
  identity: ContactIdentity & { email: string };
  language?: string;
  timeZone?: string;
  /** When the person consented; the row's own evidence or the import's. */
  consentAt?: Date;
  consentIp?: string;
}

export interface ImportContext {
  accountId: string;
  keys: AccountKeys;
  keyring: Keyring;
  listIds: string[];
  /** What the importing company says of all rows (P7). */
  evidence: { origin: string; wording: string };
  /** Keys of cards that may be new; each committed before the transaction (decision 3). */
  newKeys: ReadonlyMap<string, Buffer>;
}

export interface Refusal {
  row: number;
  code: ImportRefusalCode;
  field: string | null;
}

export interface BatchOutcome {
  createdIds: string[];
  updated: number;
  refusals: Refusal[];
}

/** A row is new, and its key is not among those that were made: its card went between two looks. The import starts again. */
export class ImportOvertakenError extends Error {
  constructor() {
    super('a contact of the file was created or erased during the import');
    this.name = 'ImportOvertakenError';
  }
}

interface FingerprintedRow extends ImportRow {
  email: Buffer<ArrayBuffer>;
  mobile: Buffer<ArrayBuffer> | undefined;
  externalId: Buffer<ArrayBuffer> | undefined;
}

type KnownContact = Awaited<ReturnType<typeof readContacts>>[number];

/**
 * Takes in some hundred rows set-based, within the import's one transaction: decides each, then writes new cards,
 * subscriptions and evidence in a few statements.
 */
export async function importBatch(tx: Tx, context: ImportContext, rows: ImportRow[]): Promise<BatchOutcome> {
  const fingerprinted = rows.map((row) => withFingerprints(context.keys, row));
  const known = await readKnown(tx, context, fingerprinted);
  const refusals: Refusal[] = [];
  const fresh: FingerprintedRow[] = [];
  const existing: { row: FingerprintedRow; contact: KnownContact }[] = [];
  for (const row of fingerprinted) {
    const contact = known.contacts.get(hex(row.email));
    const obstacle = obstacleOf(row, contact, known, context.listIds);
    if (obstacle) refusals.push({ row: row.row, ...obstacle });
    else if (contact) existing.push({ row, contact });
    else fresh.push(row);
  }
  await insertContacts(tx, context, fresh);
  await updateContacts(tx, context, existing);
  return {
    createdIds: fresh.map((row) => row.contactId),
    updated: existing.length,
    refusals,
  };
}

function withFingerprints(keys: AccountKeys, row: ImportRow): FingerprintedRow {
  const channels = channelFingerprints(keys, row.identity);
  const { externalId } = row.identity;
  return {
    ...row,
    email: channels.find(({ channel }) => channel === 'email')!.fingerprint,
    mobile: channels.find(({ channel }) => channel === 'sms')?.fingerprint,
    externalId: externalId === undefined ? undefined : fingerprintOf(keys.fingerprint, 'external_id', externalId),
  };
}

async function readContacts(tx: Tx, ids: string[], listIds: string[]) {
  return tx.contact.findMany({
    where: { id: { in: ids } },
    select: {
      id: true,
      restrictedAt: true,
      objectedAt: true,
      subscriptions: { where: { listId: { in: listIds } }, select: { listId: true, status: true } },
    },
  });
}

async function readKnown(tx: Tx, { listIds }: ImportContext, rows: FingerprintedRow[]) {
  const emails = rows.map((row) => row.email);
  const mobiles = rows.flatMap((row) => row.mobile ?? []);
  const externalIds = rows.flatMap((row) => row.externalId ?? []);
  const channels = await tx.contactChannel.findMany({
    where: { channel: 'email', fingerprint: { in: emails } },
    select: { contactId: true, fingerprint: true },
  });
  const ids = channels.map((channel) => channel.contactId);
  // Before anything is read that decides: what the person says at this moment comes first or waits.
  await lockContacts(tx, ids);
  const contacts = new Map((await readContacts(tx, ids, listIds)).map((contact) => [contact.id, contact]));
  const suppressed = await tx.suppression.findMany({
    where: { channel: 'email', fingerprint: { in: emails } },
    select: { fingerprint: true },
  });
  const takenMobiles = await tx.contactChannel.findMany({
    where: { channel: 'sms', fingerprint: { in: mobiles } },
    select: { fingerprint: true },
  });
  const takenExternalIds = await tx.contact.findMany({
    where: { externalIdFingerprint: { in: externalIds } },
    select: { externalIdFingerprint: true },
  });
  return {
    contacts: new Map(
      channels.flatMap(({ contactId, fingerprint }) => {
        const contact = contacts.get(contactId);
        return contact ? [[hex(fingerprint), contact] as const] : [];
      }),
    ),
    blocked: await blockedAmong(tx, 'email', emails),
    blockedMobiles: await blockedAmong(tx, 'sms', mobiles),
    suppressed: new Set(suppressed.map((row) => hex(row.fingerprint))),
    takenMobiles: new Set(takenMobiles.map((row) => hex(row.fingerprint))),
    takenExternalIds: new Set(takenExternalIds.map((row) => hex(row.externalIdFingerprint!))),
  };
}

function obstacleOf(
  row: FingerprintedRow,
  contact: KnownContact | undefined,
  known: Awaited<ReturnType<typeof readKnown>>,
  listIds: string[],
): Omit<Refusal, 'row'> | null {
  const code = importObstacle({
    blocked: known.blocked.has(hex(row.email)),
    suppressed: known.suppressed.has(hex(row.email)),
    restricted: contact?.restrictedAt != null,
    objected: contact?.objectedAt != null,
    statuses: listIds.map((listId) => statusOn(contact, listId)),
    dated: row.consentAt !== undefined,
  });
  if (code) return { code, field: code === 'evidence_missing' ? 'consent_at' : 'email' };
  // A known card keeps what it has: the row's other fields are not looked at.
  if (contact) return null;
  if (row.mobile && known.blockedMobiles.has(hex(row.mobile))) return { code: 'address_blocked', field: 'mobile' };
  if (row.mobile && known.takenMobiles.has(hex(row.mobile))) return { code: 'identifier_taken', field: 'mobile' };
  if (row.externalId && known.takenExternalIds.has(hex(row.externalId))) {
    return { code: 'identifier_taken', field: 'external_id' };
  }
  return null;
}

async function insertContacts(tx: Tx, context: ImportContext, rows: FingerprintedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { accountId, keys, listIds, newKeys } = context;
  const keyOf = (row: ImportRow): Buffer => {
    const key = newKeys.get(row.contactId);
    if (!key) throw new ImportOvertakenError();
    return key;
  };
  await insertImportedCards(
    tx,
    { accountId, keyVersion: keys.keyVersion, mailRating: defaultMailRating },
    rows.map((row) => ({
      id: row.contactId,
      subscriber_id: newSubscriberId(),
      envelope: hex(sealIdentity(keyOf(row), accountId, row.contactId, row.identity)),
      external_id: row.externalId ? hex(row.externalId) : null,
      language: row.language ?? null,
      time_zone: row.timeZone ?? null,
    })),
    rows.flatMap((row) => [
      {
        contact_id: row.contactId,
        channel: 'email',
        fingerprint: hex(row.email),
        permission: 'confirmed',
        confirmed_at: row.consentAt ?? null,
      },
      // The evidence is about email: SMS has a permission and a confirmation of its own (P13).
      ...(row.mobile
        ? [
            {
              contact_id: row.contactId,
              channel: 'sms',
              fingerprint: hex(row.mobile),
              permission: 'pending',
              confirmed_at: null,
            },
          ]
        : []),
    ]),
  );
  await subscribeImported(
    tx,
    accountId,
    rows.flatMap(({ contactId }) => listIds.map((listId) => ({ contact_id: contactId, list_id: listId }))),
  );
  await insertImportedEvents(
    tx,
    accountId,
    rows.flatMap((row) => evidenceOf(context, row, row.contactId, keyOf(row), listIds, undefined)),
  );
}

/**
 * Subscribes known contacts where their status allows it, and gives a pending email channel its confirmation. An opt-in
 * that waits for the person's own answer goes on: that answer is the better evidence.
 */
async function updateContacts(
  tx: Tx,
  context: ImportContext,
  rows: { row: FingerprintedRow; contact: KnownContact }[],
): Promise<void> {
  const changes = rows.flatMap(({ row, contact }) => {
    const lists = context.listIds.filter((listId) => {
      const status = statusOn(contact, listId);
      return (nextState(subscriptionTransitions, status, 'import_verified') ?? status) !== status;
    });
    return lists.length > 0 ? [{ row, contact, lists }] : [];
  });
  if (changes.length === 0) return;
  const { accountId, keyring } = context;
  const ids = changes.map(({ contact }) => contact.id);
  const keys = await keyring.many(accountId, ids);
  const ends = await endsOfEvidence(tx, ids);
  await subscribeImported(
    tx,
    accountId,
    changes.flatMap(({ contact, lists }) => lists.map((listId) => ({ contact_id: contact.id, list_id: listId }))),
  );
  await tx.contactChannel.updateMany({
    where: { contactId: { in: ids }, channel: 'email', permission: 'pending' },
    data: { permission: 'confirmed', confirmedAt: new Date(), basis: 'consent' },
  });
  const events = changes.flatMap(({ row, contact, lists }) => {
    const key = keys.get(contact.id);
    // The card was locked and not being erased, so its key is there.
    if (!key) throw new ImportOvertakenError();
    return evidenceOf(context, row, contact.id, key, lists, ends.get(contact.id));
  });
  await insertImportedEvents(tx, accountId, events);
}

/** One `imported` event for each list, chained to what the contact's evidence ends with. */
function evidenceOf(
  context: ImportContext,
  row: ImportRow,
  contactId: string,
  key: Buffer,
  lists: string[],
  end: { sequence: number; hash: Bytes } | undefined,
): ImportedEvent[] {
  let sequence = end?.sequence ?? 0;
  let previousHash: Bytes | null = end?.hash ?? null;
  return lists.map((listId) => {
    sequence += 1;
    const event = chainedRow(key, context.accountId, contactId, sequence, previousHash, {
      kind: 'imported',
      channel: 'email',
      listId,
      occurredAt: row.consentAt!,
      detail: { ...context.evidence, ip: row.consentIp },
    });
    const previous = previousHash;
    previousHash = event.hash;
    return {
      contact_id: contactId,
      list_id: event.listId,
      sequence,
      kind: event.kind,
      channel: event.channel,
      occurred_at: event.occurredAt,
      wording_hash: event.wordingHash && hex(event.wordingHash),
      detail: hex(event.detailSealed),
      commitment: hex(event.commitment),
      previous_hash: previous && hex(previous),
      hash: hex(event.hash),
    };
  });
}

function statusOn(contact: KnownContact | undefined, listId: string): SubscriptionStatus {
  const row = contact?.subscriptions.find((subscription) => subscription.listId === listId);
  return (row?.status as SubscriptionStatus | undefined) ?? 'none';
}

function hex(bytes: Bytes): string {
  return Buffer.from(bytes).toString('hex');
}
