import {
  rejectionPauseMs,
  resubscriptionExpiryMs,
  resubscriptionObstacle,
  resubscriptionPauseMs,
} from '../domain/opt-in.js';
import { sealJson } from '../privacy/envelope.js';
import type { Tx } from './database.js';

/** The typed address while it waits for the person's click, sealed under a temporary key. */
export interface PendingAddress {
  /** Normalised. */
  email: string;
  /** Of the form submission that asked, where a person asked by form. */
  ip?: string;
  userAgent?: string;
  wording?: string;
}

export interface NewResubscription {
  /** Exists before, with its temporary key: the key row commits first. */
  id: string;
  accountId: string;
  tombstoneId: string;
  addressFingerprint: Uint8Array<ArrayBuffer>;
  keyVersion: number;
  key: Buffer;
  pending: PendingAddress;
  listIds: string[];
  requestedBy: 'staff' | 'form';
  howAsked: string;
  language: string;
  sandbox: boolean;
  signUpId?: string;
}

/**
 * Opens a way back for an erased address, if one may be offered now (P18).
 * @returns the obstacle, or null when the row was written: the caller then starts the workflow in the same transaction
 * @throws a unique violation when another request for the address is waiting at this moment
 */
export async function openResubscription(
  tx: Tx,
  request: NewResubscription,
  now: Date,
): Promise<'rejected' | 'too_soon' | null> {
  const obstacle = resubscriptionObstacle({
    requestedBy: request.requestedBy,
    ...(await resubscriptionHistory(tx, request.addressFingerprint, now)),
  });
  if (obstacle) return obstacle;
  const { key, pending, ...row } = request;
  await tx.resubscription.create({
    data: {
      ...row,
      channel: 'email',
      pendingSealed: sealJson(key, request.accountId, 'resubscription', request.id, pending),
      requestedAt: now,
      expiresAt: new Date(now.getTime() + resubscriptionExpiryMs),
    },
  });
  return null;
}

/** A confirmed resubscription ends the count: after a new erasure the person may ask again at once. */
async function resubscriptionHistory(tx: Tx, addressFingerprint: Uint8Array<ArrayBuffer>, now: Date) {
  const earlier = await tx.resubscription.findMany({
    where: { channel: 'email', addressFingerprint, status: { not: 'confirmed' } },
    select: { status: true, requestedAt: true, endedAt: true },
  });
  const since = (date: Date | null) => (date === null ? Number.POSITIVE_INFINITY : now.getTime() - date.getTime());
  const rejections = earlier.filter((row) => row.status === 'rejected').map((row) => since(row.endedAt));
  const latest = Math.min(...rejections);
  return {
    mailedRecently: earlier.some((row) => since(row.requestedAt) < resubscriptionPauseMs),
    rejected: rejections.length === 0 ? 'never' : latest < rejectionPauseMs ? 'recently' : 'earlier',
  } as const;
}

/** The resubscription, locked for its answer. */
export async function lockResubscription(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT id FROM resubscriptions WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.resubscription.findUnique({ where: { id } });
}

/** Ends a resubscription and lets go of the sealed address; the workflow then destroys its key. */
export async function endResubscription(
  tx: Tx,
  id: string,
  status: 'confirmed' | 'expired' | 'rejected' | 'ended',
  contactId?: string,
): Promise<void> {
  await tx.resubscription.update({
    where: { id },
    data: { status, contactId: contactId ?? null, pendingSealed: null, endedAt: new Date() },
  });
}
