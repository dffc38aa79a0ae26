import { subscriptionTransitions } from '../domain/consent.js';
import { statesAccepting } from '../domain/transition.js';
import type { Tx } from './database.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** The import, locked: a second file for it waits here and then meets the state that the first one left. */
export async function lockImport(tx: Tx, importId: string) {
  await tx.$queryRaw`SELECT id FROM imports WHERE id = ${importId}::uuid FOR UPDATE`;
  return tx.import.findUnique({ where: { id: importId } });
}

/** Holds cards against everything else that decides about them; in one order, so that two imports cannot wait for each other. */
export async function lockContacts(tx: Tx, contactIds: string[]): Promise<void> {
  if (contactIds.length === 0) return;
  await tx.$queryRaw`SELECT id FROM contacts WHERE id = ANY(${contactIds}::uuid[]) ORDER BY id FOR UPDATE`;
}

/** Where the chain of evidence of each contact ends. Contacts without evidence are missing. */
export async function endsOfEvidence(
  tx: Tx,
  contactIds: string[],
): Promise<Map<string, { sequence: number; hash: Bytes }>> {
  if (contactIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ contactId: string; sequence: number; hash: Bytes }[]>`
    SELECT DISTINCT ON (contact_id) contact_id AS "contactId", sequence, hash FROM consent_events
    WHERE contact_id = ANY(${contactIds}::uuid[]) ORDER BY contact_id, sequence DESC`;
  return new Map(rows.map(({ contactId, ...end }) => [contactId, end]));
}

/** A new card as it is written; bytes in hexadecimal, because rows travel as one JSON parameter. */
export interface ImportedCard {
  id: string;
  subscriber_id: string;
  envelope: string;
  external_id: string | null;
  language: string | null;
  time_zone: string | null;
}

export interface ImportedChannel {
  contact_id: string;
  channel: string;
  fingerprint: string;
  permission: string;
  confirmed_at: Date | null;
}

export interface ImportedEvent {
  contact_id: string;
  list_id: string | null;
  sequence: number;
  kind: string;
  channel: string | null;
  occurred_at: Date;
  wording_hash: string | null;
  detail: string;
  commitment: string;
  previous_hash: string | null;
  hash: string;
}

/**
 * Inserts new cards with their channels. The client's own createMany took 1.1 s for 500 cards with channels and
 * evidence, one parameter with all rows 0.1 s.
 */
export async function insertImportedCards(
  tx: Tx,
  account: { accountId: string; keyVersion: number; mailRating: number },
  cards: ImportedCard[],
  channels: ImportedChannel[],
): Promise<void> {
  const { accountId, keyVersion, mailRating } = account;
  await tx.$executeRaw`
    INSERT INTO contacts (id, account_id, subscriber_id, envelope_sealed, external_id_fingerprint, source, language, time_zone, mail_rating)
    SELECT id, ${accountId}::uuid, subscriber_id, decode(envelope, 'hex'), decode(external_id, 'hex'), 'Import', language, time_zone, ${mailRating}::numeric
    FROM jsonb_to_recordset(${JSON.stringify(cards)}::jsonb)
      AS card (id uuid, subscriber_id text, envelope text, external_id text, language text, time_zone text)`;
  await tx.$executeRaw`
    INSERT INTO contact_channels (contact_id, channel, account_id, fingerprint, key_version, permission, basis, confirmed_at)
    SELECT contact_id, channel, ${accountId}::uuid, decode(fingerprint, 'hex'), ${keyVersion}::int, permission, 'consent', confirmed_at
    FROM jsonb_to_recordset(${JSON.stringify(channels)}::jsonb)
      AS row (contact_id uuid, channel text, fingerprint text, permission text, confirmed_at timestamptz)`;
}

/** Subscribes contacts, on the list or not; whoever left it at this very moment stays as they wanted. */
export async function subscribeImported(
  tx: Tx,
  accountId: string,
  subscriptions: { contact_id: string; list_id: string }[],
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO subscriptions (contact_id, list_id, account_id, status, source)
    SELECT contact_id, list_id, ${accountId}::uuid, 'subscribed', 'import'
    FROM jsonb_to_recordset(${JSON.stringify(subscriptions)}::jsonb) AS row (contact_id uuid, list_id uuid)
    ON CONFLICT (contact_id, list_id) DO UPDATE
    SET status = excluded.status, source = excluded.source, changed_at = now()
    WHERE subscriptions.status = ANY(${statesAccepting(subscriptionTransitions, 'import_verified')}::text[])`;
}

export async function insertImportedEvents(tx: Tx, accountId: string, events: ImportedEvent[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO consent_events (account_id, contact_id, list_id, sequence, kind, channel, occurred_at, wording_hash, detail_sealed, commitment, previous_hash, hash)
    SELECT ${accountId}::uuid, contact_id, list_id, sequence, kind, channel, occurred_at, decode(wording_hash, 'hex'), decode(detail, 'hex'), decode(commitment, 'hex'), decode(previous_hash, 'hex'), decode(hash, 'hex')
    FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
      AS event (contact_id uuid, list_id uuid, sequence int, kind text, channel text, occurred_at timestamptz, wording_hash text, detail text, commitment text, previous_hash text, hash text)`;
}
