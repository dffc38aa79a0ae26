import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../libs/db/database.js';
import type { Brand } from '../../../libs/db/generated/client.js';
import { unsubscribeContact } from '../../../libs/db/unsubscribes.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import type { AnsweredFrom } from './answered-from.js';
import { tellEndedOptIns } from './ended-opt-ins.js';

export interface UnsubscribeView {
  brand: Brand | null;
  listName: string | null;
  language: string;
}

/** Ends subscriptions at the person's word (P12): a pause of lists, never an erasure. */
@Injectable()
export class Unsubscribes {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /** @throws DomainError link_invalid where the message is not in the ledger */
  async view(accountId: string, deliveryId: string): Promise<UnsubscribeView> {
    return (await this.#read(accountId, deliveryId)).view;
  }

  /**
   * Unsubscribes the contact of a message from its list, or from every list of the account. Repeated, or for a contact
   * that was erased, it changes nothing and answers the same. Subscriptions of other brands stay as they are.
   */
  async unsubscribe(
    accountId: string,
    deliveryId: string,
    scope: 'list' | 'all',
    from: AnsweredFrom,
  ): Promise<UnsubscribeView> {
    const { view, contactId, listId } = await this.#read(accountId, deliveryId);
    const key = contactId ? (await this.keyring.many(accountId, [contactId])).get(contactId) : undefined;
    if (!contactId || !key) return view;
    if (scope === 'list' && listId === null) return view;
    await this.db.forAccount(accountId, async (tx) => {
      const ids = { accountId, contactId };
      const lists = scope === 'all' || listId === null ? ('all' as const) : { listId };
      const evidence = { deliveryId, detail: { ip: from.ip, userAgent: from.userAgent } };
      const { endedSignUpIds } = await unsubscribeContact(tx, key, ids, lists, 'unsubscribe link', evidence);
      await tellEndedOptIns(tx, ids, endedSignUpIds);
    });
    return view;
  }

  async #read(accountId: string, deliveryId: string) {
    return this.db.forAccount(accountId, async (tx) => {
      const delivery = await tx.delivery.findUnique({ where: { id: deliveryId } });
      if (!delivery) throw new DomainError('link_invalid');
      const list = delivery.listId
        ? await tx.list.findUnique({ where: { id: delivery.listId }, include: { brand: true } })
        : null;
      const contact = delivery.contactId
        ? await tx.contact.findUnique({ where: { id: delivery.contactId }, select: { language: true } })
        : null;
      const view: UnsubscribeView = {
        brand: list?.brand ?? null,
        listName: list?.name ?? null,
        language: contact?.language ?? list?.brand.language ?? 'en',
      };
      return { view, contactId: delivery.contactId, listId: delivery.listId };
    });
  }
}
