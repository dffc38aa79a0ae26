import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents, type NewConsentEvent } from '../../../libs/db/consent-events.js';
import { lockContact } from '../../../libs/db/contacts.js';
import { Database } from '../../../libs/db/database.js';
import type { Brand } from '../../../libs/db/generated/client.js';
import { changeSubscription } from '../../../libs/db/subscriptions.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import type { AnsweredFrom } from './answered-from.js';

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
    await this.db.forAccount(accountId, async (tx) => {
      await lockContact(tx, contactId);
      const lists =
        scope === 'all'
          ? await tx.subscription.findMany({ where: { contactId }, select: { listId: true } })
          : [{ listId }];
      const events: NewConsentEvent[] = [];
      for (const row of lists) {
        if (row.listId === null) continue;
        const ids = { accountId, contactId, listId: row.listId };
        const { before, after } = await changeSubscription(tx, ids, 'unsubscribe', 'unsubscribe link');
        if (before === after) continue;
        events.push({
          kind: scope === 'all' ? 'unsubscribed_all' : 'unsubscribed',
          channel: 'email',
          listId: row.listId,
          occurredAt: new Date(),
          deliveryId,
          detail: { ip: from.ip, userAgent: from.userAgent },
        });
      }
      if (events.length > 0) await appendConsentEvents(tx, key, accountId, contactId, events);
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
