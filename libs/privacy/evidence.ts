import { createHash, randomBytes } from 'node:crypto';
import { open, seal } from './cipher.js';

/** What a consent event commits to (P5, GDPR art. 7(1)). Unknown values are absent. */
export interface EvidenceDetail {
  ip?: string;
  userAgent?: string;
  /** The exact wording that was shown. */
  wording?: string;
  /** Where an importing company says that it obtained the consent. */
  origin?: string;
  /** The Message-ID of the confirmation message that was answered. */
  messageId?: string;
}

/**
 * The plain columns of an event that its commitment covers as well, so that nobody can move evidence to another list or
 * time, or turn a reported consent into a recorded one.
 */
export interface EvidenceFacts {
  contactId: string;
  sequence: number;
  kind: string;
  channel: string | null;
  listId: string | null;
  formVersionId: string | null;
  deliveryId: string | null;
  reported: boolean;
  occurredAt: Date;
}

export interface SealedEvidence {
  detailSealed: Buffer<ArrayBuffer>;
  commitment: Buffer<ArrayBuffer>;
  hash: Buffer<ArrayBuffer>;
}

/**
 * One link of a contact's hash chain: `commitment = SHA-256(salt | facts and detail)`, `hash = SHA-256(previous | commitment)`.
 * The salt is sealed with the detail: once the contact's key is destroyed, a commitment cannot be tried out against
 * guessed IPs.
 */
export function sealEvidence(
  key: Buffer,
  accountId: string,
  facts: EvidenceFacts,
  detail: EvidenceDetail,
  previousHash: Uint8Array | null,
): SealedEvidence {
  const salt = randomBytes(16).toString('base64');
  const commitment = commit(salt, facts, detail);
  return {
    detailSealed: seal(key, JSON.stringify({ salt, ...detail }), context(accountId, facts)),
    commitment,
    hash: link(previousHash, commitment),
  };
}

/**
 * The detail of an event, and whether its commitment and its place in the chain hold. What was altered or moved so that
 * it no longer opens is evidence of nothing: no detail, and not intact.
 */
export function openEvidence(
  key: Buffer,
  accountId: string,
  facts: EvidenceFacts,
  row: { detailSealed: Uint8Array; commitment: Uint8Array; hash: Uint8Array },
  previousHash: Uint8Array | null,
): { detail: EvidenceDetail; intact: boolean } {
  let opened: EvidenceDetail & { salt: string };
  try {
    opened = JSON.parse(open(key, row.detailSealed, context(accountId, facts)).toString());
  } catch {
    // A proof must say which event does not hold, and an erasure must not be stopped by one.
    return { detail: {}, intact: false };
  }
  const { salt, ...detail } = opened;
  const intact =
    commit(salt, facts, detail).equals(row.commitment) && link(previousHash, row.commitment).equals(row.hash);
  return { detail, intact };
}

function commit(salt: string, facts: EvidenceFacts, detail: EvidenceDetail): Buffer<ArrayBuffer> {
  const canonical = JSON.stringify([
    salt,
    facts.contactId,
    facts.sequence,
    facts.kind,
    facts.channel,
    facts.listId,
    facts.formVersionId,
    facts.deliveryId,
    facts.reported,
    facts.occurredAt.toISOString(),
    detail.ip ?? null,
    detail.userAgent ?? null,
    detail.wording ?? null,
    detail.origin ?? null,
    detail.messageId ?? null,
  ]);
  return Buffer.from(createHash('sha256').update(canonical).digest());
}

function link(previousHash: Uint8Array | null, commitment: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.from(
    createHash('sha256')
      .update(previousHash ?? Buffer.alloc(32))
      .update(commitment)
      .digest(),
  );
}

function context(accountId: string, facts: EvidenceFacts): string {
  return `evidence/${accountId}/${facts.contactId}/${facts.sequence}`;
}
