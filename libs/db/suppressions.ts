import type { Channel } from '../domain/consent.js';
import { isBlocked } from '../domain/suppression.js';
import type { Tx } from './database.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Which of these fingerprints are blocked from joining the account (P17), in hex. */
export async function blockedAmong(tx: Tx, channel: Channel, fingerprints: Bytes[]): Promise<Set<string>> {
  if (fingerprints.length === 0) return new Set();
  const hex = fingerprints.map((fingerprint) => Buffer.from(fingerprint).toString('hex'));
  const rows = await tx.$queryRaw<{ hex: string; tombstones: number; cameBack: boolean; erasing: boolean }[]>`
    SELECT asked.hex,
           (SELECT count(*)::int FROM tombstone_fingerprints AS t
            WHERE t.channel = ${channel} AND t.fingerprint = decode(asked.hex, 'hex')) AS tombstones,
           coalesce(living.came_back_at IS NOT NULL, false) AS "cameBack",
           coalesce(living.erasing_at IS NOT NULL, false) AS erasing
    FROM unnest(${hex}::text[]) AS asked (hex)
    LEFT JOIN LATERAL (
      SELECT contacts.came_back_at, contacts.erasing_at FROM contact_channels JOIN contacts ON contacts.id = contact_channels.contact_id
      WHERE contact_channels.channel = ${channel} AND contact_channels.fingerprint = decode(asked.hex, 'hex')
    ) AS living ON true`;
  return new Set(rows.filter(isBlocked).map((row) => row.hex));
}

export async function isAddressBlocked(tx: Tx, channel: Channel, fingerprint: Bytes): Promise<boolean> {
  return (await blockedAmong(tx, channel, [fingerprint])).size > 0;
}

export async function isSuppressed(tx: Tx, channel: Channel, fingerprint: Bytes): Promise<boolean> {
  return (await tx.suppression.findFirst({ where: { channel, fingerprint }, select: { id: true } })) !== null;
}
