import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { type ContactCard, findCard } from '../../../libs/db/contact-cards.js';
import { channelFingerprints, findContactByAddress, insertContact, lockContact } from '../../../libs/db/contacts.js';
import { Database, found, isUniqueViolation, type Tx } from '../../../libs/db/database.js';
import { isAddressBlocked } from '../../../libs/db/suppressions.js';
import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import { type ContactIdentity, openIdentity, sealIdentity } from '../../../libs/privacy/envelope.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { type AccountKeys, Keyring } from '../../../libs/privacy/keyring.js';
import type { contactUpsertSchema } from './contacts.types.js';

export type ContactUpsert = z.output<typeof contactUpsertSchema>;

export interface UpsertedContact {
  created: boolean;
  card: ContactCard;
}

const maxAttempts = 3;

/** The card that the identifiers lead to came or went between two looks. */
class ChangedMeanwhile extends Error {}

/** Creates or updates the card of exactly the identifiers that a caller gives (`PUT /v1/contacts`). */
@Injectable()
export class ContactUpserts {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * Permission is never granted here: a new card is `pending`, a known one keeps what it has.
   * @throws DomainError address_blocked for an erased address (P17); conflict where the identifiers belong to different
   * cards, or the card must not be changed
   */
  async upsert(accountId: string, input: ContactUpsert): Promise<UpsertedContact> {
    const keys = await this.keyring.account(accountId);
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const outcome = await this.#attempt(accountId, keys, input);
      if (outcome) return outcome;
    }
    throw new DomainError('conflict', 'the contact is being created or changed by someone else; try again');
  }

  /** Undefined where the card came or went while this was trying. */
  async #attempt(accountId: string, keys: AccountKeys, input: ContactUpsert): Promise<UpsertedContact | undefined> {
    const known = await this.db.forAccount(accountId, (tx) => this.#find(tx, keys, input));
    const contactId = known ?? randomUUID();
    // The key row commits first (decision 3).
    if (!known) await this.keyring.create(accountId, 'contact', [contactId]);
    try {
      const outcome = await this.db.forAccount(accountId, async (tx) => {
        if ((await this.#find(tx, keys, input)) !== known) throw new ChangedMeanwhile();
        if (known) await this.#update(tx, keys, accountId, known, input);
        else await this.#insert(tx, keys, accountId, contactId, input);
        const card = found(await findCard(tx, this.keyring, accountId, contactId));
        if (input.opt_in) await refuseOptIn(tx, card, input.opt_in.list_ids);
        return { created: !known, card };
      });
      return outcome;
    } catch (error) {
      const raced = error instanceof ChangedMeanwhile || isUniqueViolation(error);
      // Certainly rolled back. After any other error the row may stand, so its key does; orphans are swept.
      if (!known && (raced || error instanceof DomainError)) await this.keyring.destroy(accountId, [contactId]);
      if (raced) return undefined;
      throw error;
    }
  }

  /** The id of the one card that the identifiers lead to, or undefined. */
  async #find(tx: Tx, keys: AccountKeys, input: ContactUpsert): Promise<string | undefined> {
    const ids = new Set<string>();
    for (const { channel, fingerprint } of channelFingerprints(keys, input)) {
      if (await isAddressBlocked(tx, channel, fingerprint)) throw new DomainError('address_blocked');
      const known = await findContactByAddress(tx, channel, fingerprint);
      if (known) ids.add(known.contactId);
    }
    if (input.external_id !== undefined) {
      const fingerprint = fingerprintOf(keys.fingerprint, 'external_id', input.external_id);
      const known = await tx.contact.findFirst({
        where: { externalIdFingerprint: fingerprint },
        select: { id: true, erasingAt: true },
      });
      if (known?.erasingAt) throw new DomainError('conflict', 'the contact with this external_id is being erased');
      if (known) ids.add(known.id);
    }
    if (ids.size > 1) throw new DomainError('conflict', 'these identifiers belong to different contacts');
    return [...ids][0];
  }

  async #insert(tx: Tx, keys: AccountKeys, accountId: string, id: string, input: ContactUpsert): Promise<void> {
    if (input.email === undefined && input.mobile === undefined) {
      throw invalid('/external_id', 'there is no contact with it; a new one needs an email or a mobile');
    }
    await insertContact(tx, keys, {
      id,
      accountId,
      key: await this.keyring.one(accountId, id),
      identity: {
        email: input.email,
        mobile: input.mobile,
        firstName: input.first_name ?? undefined,
        lastName: input.last_name ?? undefined,
        externalId: input.external_id,
      },
      source: 'API',
      language: input.language,
      timeZone: input.time_zone,
      permission: 'pending',
      basis: input.basis ?? 'consent',
    });
  }

  async #update(tx: Tx, keys: AccountKeys, accountId: string, id: string, input: ContactUpsert): Promise<void> {
    await lockContact(tx, id);
    const row = found(await tx.contact.findUnique({ where: { id } }));
    if (row.restrictedAt) throw restricted();
    const key = await this.keyring.one(accountId, id);
    const before = openIdentity(key, accountId, id, row.envelopeSealed);
    const after = completed(before, input);
    const added = channelFingerprints(keys, after).filter(
      ({ channel }) => before[channel === 'email' ? 'email' : 'mobile'] === undefined,
    );
    await tx.contactChannel.createMany({
      data: added.map(({ channel, fingerprint }) => ({
        contactId: id,
        channel,
        accountId,
        fingerprint,
        keyVersion: keys.keyVersion,
        permission: 'pending',
        basis: input.basis ?? 'consent',
      })),
    });
    if (input.basis) {
      await tx.contactChannel.updateMany({
        where: { contactId: id, permission: 'pending' },
        data: { basis: input.basis },
      });
    }
    await tx.contact.update({
      where: { id },
      data: {
        envelopeSealed: sealIdentity(key, accountId, id, after),
        externalIdFingerprint:
          after.externalId === undefined ? null : fingerprintOf(keys.fingerprint, 'external_id', after.externalId),
        language: input.language,
        timeZone: input.time_zone,
        updatedAt: new Date(),
        version: { increment: 1 },
      },
    });
  }
}

/** What a change may name: what is absent stays, null empties. */
export interface NameChange {
  first_name?: string | null | undefined;
  last_name?: string | null | undefined;
}

export function renamed(identity: ContactIdentity, change: NameChange): ContactIdentity {
  const { first_name, last_name } = change;
  return {
    ...identity,
    firstName: first_name === undefined ? identity.firstName : (first_name ?? undefined),
    lastName: last_name === undefined ? identity.lastName : (last_name ?? undefined),
  };
}

/** Identifiers are added where the card has none; another one than it has would be another person's. */
function completed(before: ContactIdentity, input: ContactUpsert): ContactIdentity {
  const given = { email: input.email, mobile: input.mobile, externalId: input.external_id };
  const after = renamed(before, input);
  for (const [name, value] of Object.entries(given) as [keyof typeof given, string | undefined][]) {
    if (value === undefined) continue;
    if (before[name] !== undefined && before[name] !== value) {
      throw new DomainError('conflict', `the contact has another ${name === 'externalId' ? 'external_id' : name}`);
    }
    after[name] = value;
  }
  return after;
}

/** @throws DomainError when nobody may ask this contact for consent, or a list does not exist */
async function refuseOptIn(tx: Tx, card: ContactCard, listIds: string[]): Promise<void> {
  // GDPR art. 21(3): only the person takes an objection back (P4).
  if (card.objectedAt) throw new DomainError('conflict', 'this person objected to direct marketing');
  if (card.email === null) throw invalid('/opt_in', 'needs an email address: the person confirms by mail');
  const lists = await tx.list.findMany({ where: { id: { in: listIds } }, select: { id: true } });
  const problems: Problem[] = listIds.flatMap((listId, index) =>
    lists.some((list) => list.id === listId)
      ? []
      : [{ pointer: `/opt_in/list_ids/${index}`, detail: 'there is no such list' }],
  );
  if (problems.length > 0) throw new DomainError('validation_failed', undefined, problems);
}

export function restricted(): DomainError {
  return new DomainError('conflict', 'processing of this contact is restricted: it is stored and nothing else');
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError('validation_failed', undefined, [{ pointer, detail }]);
}
