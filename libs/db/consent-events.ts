import type { Channel, ConsentEventKind } from '../domain/consent.js';
import { type EvidenceDetail, openEvidence, sealEvidence } from '../privacy/evidence.js';
import { wordingHashOf } from '../privacy/secrets.js';
import { lockContact } from './contacts.js';
import type { Tx } from './database.js';

export interface NewConsentEvent {
  kind: ConsentEventKind;
  occurredAt: Date;
  detail: EvidenceDetail;
  channel?: Channel;
  listId?: string;
  formVersionId?: string;
  /** The message that the person answered. */
  deliveryId?: string;
  /** Reported by a caller that did not hand over the person's IP, time and wording (P5). */
  reported?: boolean;
}

/**
 * Appends to the contact's evidence (P5). The contact's row is locked, so that two events at once cannot take the same
 * place in the chain.
 * @param key the contact's key
 */
export async function appendConsentEvents(
  tx: Tx,
  key: Buffer,
  accountId: string,
  contactId: string,
  events: NewConsentEvent[],
): Promise<void> {
  await lockContact(tx, contactId);
  const last = await tx.consentEvent.findFirst({
    where: { contactId },
    orderBy: { sequence: 'desc' },
    select: { sequence: true, hash: true },
  });
  let sequence = last?.sequence ?? 0;
  let previousHash: Uint8Array<ArrayBuffer> | null = last?.hash ?? null;
  const rows = events.map((event) => {
    sequence += 1;
    const row = chainedRow(key, accountId, contactId, sequence, previousHash, event);
    previousHash = row.hash;
    return row;
  });
  await tx.consentEvent.createMany({ data: rows });
}

/** One row of the chain, for callers that insert many contacts at once and know that each chain is new. */
export function chainedRow(
  key: Buffer,
  accountId: string,
  contactId: string,
  sequence: number,
  previousHash: Uint8Array<ArrayBuffer> | null,
  event: NewConsentEvent,
) {
  const facts = {
    contactId,
    sequence,
    kind: event.kind,
    channel: event.channel ?? null,
    listId: event.listId ?? null,
    formVersionId: event.formVersionId ?? null,
    deliveryId: event.deliveryId ?? null,
    reported: event.reported ?? false,
    occurredAt: event.occurredAt,
  };
  return {
    accountId,
    ...facts,
    wordingHash: event.detail.wording === undefined ? null : wordingHashOf(event.detail.wording),
    previousHash,
    ...sealEvidence(key, accountId, facts, event.detail, previousHash),
  };
}

export interface EvidenceEvent extends EvidenceDetail {
  sequence: number;
  kind: ConsentEventKind;
  channel: string | null;
  listId: string | null;
  formVersionId: string | null;
  deliveryId: string | null;
  occurredAt: Date;
  recordedAt: Date;
  reported: boolean;
  wordingHash: string | null;
  hash: string;
}

/** The whole evidence of a contact in order, opened and verified. `intact` is false if any link of the chain is not. */
export async function readEvidence(
  tx: Tx,
  key: Buffer,
  accountId: string,
  contactId: string,
): Promise<{ events: EvidenceEvent[]; intact: boolean }> {
  const rows = await tx.consentEvent.findMany({ where: { contactId }, orderBy: { sequence: 'asc' } });
  let previousHash: Uint8Array | null = null;
  let intact = true;
  const events = rows.map((row, index) => {
    const opened = openEvidence(key, accountId, row, row, previousHash);
    const { wording } = opened.detail;
    const wordingHash = wording === undefined ? null : wordingHashOf(wording).toString('hex');
    intact &&= opened.intact && row.sequence === index + 1 && wordingHash === hexOf(row.wordingHash);
    previousHash = row.hash;
    return {
      ...opened.detail,
      sequence: row.sequence,
      kind: row.kind as ConsentEventKind,
      channel: row.channel,
      listId: row.listId,
      formVersionId: row.formVersionId,
      deliveryId: row.deliveryId,
      occurredAt: row.occurredAt,
      recordedAt: row.recordedAt,
      reported: row.reported,
      wordingHash: hexOf(row.wordingHash),
      hash: Buffer.from(row.hash).toString('hex'),
    };
  });
  return { events, intact };
}

function hexOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex');
}
