import { shownMailRating } from '../domain/engagement.js';
import { type ContactIdentity, openIdentity } from '../privacy/envelope.js';
import type { Keyring } from '../privacy/keyring.js';
import type { Tx } from './database.js';
import type { Contact, ContactChannel, Subscription } from './generated/client.js';

/** What is read of a card besides its own row: `findMany({ include: cardParts })`. */
export const cardParts = { channels: true, subscriptions: true } as const;

export type CardRow = Contact & { channels: ContactChannel[]; subscriptions: Subscription[] };

/** Cards whose erasure was asked for are hidden from everybody from that moment on (P15). */
export const visibleCards = { erasingAt: null } as const;

/** A contact as the account sees it: the row, its identity opened, its MailRating as it may be shown (P3). */
export type ContactCard = Omit<CardRow, 'mailRating' | 'envelopeSealed'> & {
  [Field in keyof ContactIdentity]-?: string | null;
} & { mailRating: number | 'unknown' };

/** Opens cards with one call to the keyring. A card whose key was destroyed in the meantime is left out: it is erased. */
export async function openCards(keyring: Keyring, accountId: string, rows: CardRow[]): Promise<ContactCard[]> {
  const keys = await keyring.many(
    accountId,
    rows.map((row) => row.id),
  );
  return rows.flatMap((row) => {
    const key = keys.get(row.id);
    return key ? [cardOf(row, openIdentity(key, accountId, row.id, row.envelopeSealed))] : [];
  });
}

function cardOf(row: CardRow, identity: ContactIdentity): ContactCard {
  const { mailRating, envelopeSealed: _, ...rest } = row;
  return {
    ...rest,
    email: identity.email ?? null,
    mobile: identity.mobile ?? null,
    firstName: identity.firstName ?? null,
    lastName: identity.lastName ?? null,
    externalId: identity.externalId ?? null,
    mailRating: shownMailRating(mailRating === null ? null : Number(mailRating), row.trackingConsent),
  };
}

/** The visible card with this id, or null. */
export async function findCard(
  tx: Tx,
  keyring: Keyring,
  accountId: string,
  contactId: string,
): Promise<ContactCard | null> {
  const row = await tx.contact.findFirst({ where: { id: contactId, ...visibleCards }, include: cardParts });
  return row ? ((await openCards(keyring, accountId, [row]))[0] ?? null) : null;
}
