import type { Channel } from '../domain/consent.js';
import { openJson } from '../privacy/envelope.js';
import type { Keyring } from '../privacy/keyring.js';
import type { Tx } from './database.js';

/** The IPs of the actions that a tombstone gives evidence of (P15). Unknown ones are absent. */
export interface TombstoneIps {
  registered?: string;
  confirmed?: string;
  erased?: string;
}

export interface TombstoneEvidence {
  id: string;
  permission: 'deleted';
  registeredAt: Date | null;
  confirmedAt: Date | null;
  erasedAt: Date;
  ips: TombstoneIps;
  channels: string[];
  brandIds: string[];
  listIds: string[];
  wordingHashes: string[];
  evidenceUntil: Date;
}

/**
 * The tombstones of one exact address, newest first, while their evidence is retained (P16). There is no other way to
 * find one: never a list, never a prefix.
 */
export async function tombstonesOfAddress(
  tx: Tx,
  keyring: Keyring,
  accountId: string,
  channel: Channel,
  fingerprint: Uint8Array<ArrayBuffer>,
  now: Date,
): Promise<TombstoneEvidence[]> {
  const rows = await tx.tombstone.findMany({
    where: { fingerprints: { some: { channel, fingerprint } }, evidenceUntil: { gt: now } },
    orderBy: [{ erasedAt: 'desc' }, { id: 'desc' }],
  });
  const keys = await keyring.many(
    accountId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => {
    const key = keys.get(row.id);
    return {
      id: row.id,
      permission: 'deleted',
      registeredAt: row.registeredAt,
      confirmedAt: row.confirmedAt,
      erasedAt: row.erasedAt,
      ips: key ? openJson<TombstoneIps>(key, accountId, 'tombstone', row.id, row.ipsSealed) : {},
      channels: row.channels,
      brandIds: row.brandIds,
      listIds: row.listIds,
      wordingHashes: row.wordingHashes.map((hash) => Buffer.from(hash).toString('hex')),
      evidenceUntil: row.evidenceUntil,
    };
  });
}

/** Whether this tombstone is one of this address: the caller types the address, the tombstone does not hold it. */
export async function isTombstoneOfAddress(
  tx: Tx,
  tombstoneId: string,
  channel: Channel,
  fingerprint: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const row = await tx.tombstoneFingerprint.findFirst({
    where: { tombstoneId, channel, fingerprint },
    select: { tombstoneId: true },
  });
  return row !== null;
}
