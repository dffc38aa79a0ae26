import type { Basis, Channel, Permission, TrackingConsent } from '../domain/consent.js';
import { type ContactSource, defaultMailRating } from '../domain/engagement.js';
import { type ContactIdentity, sealIdentity } from '../privacy/envelope.js';
import { fingerprintOf } from '../privacy/fingerprint.js';
import type { AccountKeys } from '../privacy/keyring.js';
import { newSubscriberId } from '../privacy/secrets.js';
import type { Tx } from './database.js';

/** A new card. Its id and key exist before: the key row commits first (decision 3). */
export interface NewContact {
  id: string;
  accountId: string;
  key: Buffer;
  /** Normalised: email by normaliseEmail, mobile by normaliseMobile. */
  identity: ContactIdentity;
  source: ContactSource;
  language?: string | null;
  timeZone?: string | null;
  permission: Exclude<Permission, 'deleted'>;
  basis: Basis;
  trackingConsent?: TrackingConsent;
  /** Set where the person came back by a confirmed resubscription: it lifts the block for this card only (P17). */
  cameBackAt?: Date;
}

/**
 * Inserts a card with a row for each channel it has an address of.
 * @throws a unique violation (isUniqueViolation) when the address has a living card already
 */
export async function insertContact(tx: Tx, keys: AccountKeys, contact: NewContact): Promise<{ subscriberId: string }> {
  const { identity, accountId, id } = contact;
  const subscriberId = newSubscriberId();
  await tx.contact.create({
    data: {
      id,
      accountId,
      subscriberId,
      envelopeSealed: sealIdentity(contact.key, accountId, id, identity),
      externalIdFingerprint:
        identity.externalId === undefined ? null : fingerprintOf(keys.fingerprint, 'external_id', identity.externalId),
      source: contact.source,
      language: contact.language ?? null,
      timeZone: contact.timeZone ?? null,
      mailRating: defaultMailRating,
      trackingConsent: contact.trackingConsent ?? 'none',
      cameBackAt: contact.cameBackAt ?? null,
    },
  });
  const confirmedAt = contact.permission === 'confirmed' ? new Date() : null;
  await tx.contactChannel.createMany({
    data: channelFingerprints(keys, identity).map(({ channel, fingerprint }) => ({
      contactId: id,
      channel,
      accountId,
      fingerprint,
      keyVersion: keys.keyVersion,
      permission: contact.permission,
      basis: contact.basis,
      confirmedAt,
    })),
  });
  return { subscriberId };
}

/** The fingerprint of each address that an identity has. */
export function channelFingerprints(
  keys: AccountKeys,
  identity: ContactIdentity,
): { channel: Channel; fingerprint: Buffer<ArrayBuffer> }[] {
  const found: { channel: Channel; fingerprint: Buffer<ArrayBuffer> }[] = [];
  if (identity.email !== undefined) {
    found.push({ channel: 'email', fingerprint: fingerprintOf(keys.fingerprint, 'email', identity.email) });
  }
  if (identity.mobile !== undefined) {
    found.push({ channel: 'sms', fingerprint: fingerprintOf(keys.fingerprint, 'sms', identity.mobile) });
  }
  return found;
}

/** The living card of an address, also one whose erasure is under way. */
export async function findContactByAddress(
  tx: Tx,
  channel: Channel,
  fingerprint: Uint8Array<ArrayBuffer>,
): Promise<{ contactId: string; permission: Permission; erasing: boolean; restricted: boolean } | null> {
  const row = await tx.contactChannel.findFirst({
    where: { channel, fingerprint },
    select: { contactId: true, permission: true, contact: { select: { erasingAt: true, restrictedAt: true } } },
  });
  if (!row) return null;
  return {
    contactId: row.contactId,
    permission: row.permission as Permission,
    erasing: row.contact.erasingAt !== null,
    restricted: row.contact.restrictedAt !== null,
  };
}

/** Marks a channel as confirmed by the person, or by evidence that an importing company holds. */
export async function confirmChannel(tx: Tx, contactId: string, channel: Channel, at: Date): Promise<void> {
  await tx.contactChannel.updateMany({
    where: { contactId, channel, permission: 'pending' },
    data: { permission: 'confirmed', confirmedAt: at, basis: 'consent' },
  });
}

/** Holds the card against everything else that decides about it, until the transaction ends. */
export async function lockContact(tx: Tx, contactId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM contacts WHERE id = ${contactId}::uuid FOR UPDATE`;
}
