import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { type ContactCard, cardParts, findCard, openCards, visibleCards } from '../../../libs/db/contact-cards.js';
import { Database, found, isUniqueViolation, type Tx } from '../../../libs/db/database.js';
import { unsubscribeContact } from '../../../libs/db/unsubscribes.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { openIdentity, sealIdentity } from '../../../libs/privacy/envelope.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { sliceOf, toPage } from '../http/page.js';
import { tellEndedOptIns } from '../opt-ins/ended-opt-ins.js';
import { SignUps } from '../opt-ins/sign-ups.service.js';
import {
  type ContactUpsert,
  ContactUpserts,
  renamed,
  restricted,
  type UpsertedContact,
} from './contact-upserts.service.js';
import type {
  contactChangeSchema,
  contactQuerySchema,
  contactSearchSchema,
  contactUnsubscribeSchema,
} from './contacts.types.js';
import { spokenLanguage } from './locale.js';

@Injectable()
export class ContactsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(SignUps) private readonly signUps: SignUps,
    @Inject(ContactUpserts) private readonly upserts: ContactUpserts,
  ) {}

  /** The card commits first; the sign-ups follow, and asking again is bounded like any other (P8). */
  async upsert(accountId: string, sandbox: boolean, input: ContactUpsert): Promise<UpsertedContact> {
    const upserted = await this.upserts.upsert(accountId, input);
    if (input.opt_in) await this.#askToConfirm(accountId, sandbox, upserted.card, input.opt_in);
    return upserted;
  }

  async list(accountId: string, query: z.output<typeof contactQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const { list_id: listId, status, source, permission } = query;
    const filters = {
      ...visibleCards,
      source,
      ...((listId ?? status) && { subscriptions: { some: { listId, status } } }),
      ...(permission && { channels: { some: { channel: 'email', permission } } }),
    };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.contact.findMany({ where: { AND: [filters, where] }, orderBy, take, include: cardParts }),
    );
    const page = toPage(rows, query);
    return { ...page, data: await openCards(this.keyring, accountId, page.data) };
  }

  async read(accountId: string, id: string): Promise<ContactCard> {
    return this.db.forAccount(accountId, async (tx) => found(await findCard(tx, this.keyring, accountId, id)));
  }

  /** The card of one exact identifier: never a part of one, never a list of near ones. */
  async search(accountId: string, input: z.output<typeof contactSearchSchema>) {
    const { fingerprint } = await this.keyring.account(accountId);
    const { email, mobile, external_id: externalId } = input;
    const channel = email === undefined ? 'sms' : 'email';
    const address = email ?? mobile;
    const matches =
      address === undefined
        ? { externalIdFingerprint: fingerprintOf(fingerprint, 'external_id', externalId!) }
        : { channels: { some: { channel, fingerprint: fingerprintOf(fingerprint, channel, address) } } };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.contact.findMany({ where: { ...visibleCards, ...matches }, include: cardParts, take: 1 }),
    );
    return { data: await openCards(this.keyring, accountId, rows) };
  }

  async change(accountId: string, id: string, version: number, input: z.output<typeof contactChangeSchema>) {
    const keys = await this.keyring.account(accountId);
    return this.db
      .forAccount(accountId, async (tx) => {
        const read = () => tx.contact.findFirst({ where: { id, ...visibleCards } });
        const row = found(await read());
        if (row.version !== version) throw new DomainError('version_mismatch');
        if (row.restrictedAt) throw restricted();
        const key = await this.keyring.one(accountId, id);
        const identity = renamed(openIdentity(key, accountId, id, row.envelopeSealed), input);
        if (input.external_id !== undefined) identity.externalId = input.external_id ?? undefined;
        const { externalId } = identity;
        const data = {
          envelopeSealed: sealIdentity(key, accountId, id, identity),
          externalIdFingerprint:
            externalId === undefined ? null : fingerprintOf(keys.fingerprint, 'external_id', externalId),
          language: input.language,
          timeZone: input.time_zone,
          updatedAt: new Date(),
          version: { increment: 1 },
        };
        await changedOne(await tx.contact.updateMany({ where: { id, version, ...visibleCards }, data }), read);
        return found(await findCard(tx, this.keyring, accountId, id));
      })
      .catch((error: unknown) => {
        if (isUniqueViolation(error)) throw new DomainError('already_exists', 'a contact with this external_id');
        throw error;
      });
  }

  /** Staff record that the person asked them to stop (P12). The evidence says that it was told, and how. */
  async unsubscribe(accountId: string, id: string, input: z.output<typeof contactUnsubscribeSchema>) {
    return this.db.forAccount(accountId, async (tx) => {
      found(await tx.contact.findFirst({ where: { id, ...visibleCards }, select: { id: true } }));
      const scope = 'list_id' in input ? { listId: await existingList(tx, input.list_id) } : 'all';
      const key = await this.keyring.one(accountId, id);
      const evidence = { detail: { origin: input.how_asked }, reported: true };
      const ids = { accountId, contactId: id };
      const { endedSignUpIds } = await unsubscribeContact(tx, key, ids, scope, 'staff', evidence);
      await tellEndedOptIns(tx, ids, endedSignUpIds);
      return found(await findCard(tx, this.keyring, accountId, id));
    });
  }

  async #askToConfirm(
    accountId: string,
    sandbox: boolean,
    card: ContactCard,
    optIn: NonNullable<ContactUpsert['opt_in']>,
  ): Promise<void> {
    const { ip, at, wording } = optIn.consent ?? {};
    const reported = ip === undefined || at === undefined || wording === undefined;
    const brands = await this.db.forAccount(accountId, (tx) =>
      tx.list.findMany({
        where: { id: { in: optIn.list_ids } },
        select: { id: true, brand: { select: { language: true } } },
      }),
    );
    for (const { id: listId, brand } of brands) {
      await this.signUps.receive({
        accountId,
        listId,
        sandbox,
        payload: {
          email: card.email!,
          firstName: card.firstName ?? undefined,
          lastName: card.lastName ?? undefined,
          language: spokenLanguage(card.language, brand.language),
          timeZone: card.timeZone ?? undefined,
          tracking: false,
          ip,
          wording,
          askedAt: at?.toISOString(),
          source: 'API',
          reported,
        },
      });
    }
  }
}

async function existingList(tx: Tx, listId: string): Promise<string> {
  if (await tx.list.findUnique({ where: { id: listId }, select: { id: true } })) return listId;
  throw new DomainError('validation_failed', undefined, [{ pointer: '/list_id', detail: 'there is no such list' }]);
}
