import { Inject, Injectable } from '@nestjs/common';
import { readEvidence } from '../../../libs/db/consent-events.js';
import { visibleCards } from '../../../libs/db/contact-cards.js';
import { Database, found } from '../../../libs/db/database.js';
import { messageIdOf } from '../../../libs/mail/message.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { evidencePage } from '../pages/views/evidence-page.js';
import type { Language } from '../pages/views/language.js';
import type { PageBrand } from '../pages/views/layout.js';

/** The proof of consent of one contact (P5, GDPR art. 7(1)): as data, and as a page to print. */
@Injectable()
export class ContactEvidence {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  async read(accountId: string, contactId: string) {
    const { events, ...evidence } = await this.#read(accountId, contactId);
    return { ...evidence, events: events.map(({ brand: _, ...event }) => event) };
  }

  async print(accountId: string, contactId: string, language: Language): Promise<string> {
    const { subscriberId, intact, events } = await this.#read(accountId, contactId);
    const brands = new Map<string, PageBrand>();
    for (const { brand } of events) if (brand) brands.set(brand.name, brand);
    return evidencePage({
      // The page of a contact of several brands speaks for none of them.
      brand: brands.size === 1 ? [...brands.values()][0] : undefined,
      language,
      subscriberId,
      chainValid: intact,
      printedAt: new Date().toISOString(),
      events: events.map((event) => ({
        sequence: event.sequence,
        kind: event.kind,
        channel: event.channel ?? undefined,
        listName: event.listName ?? undefined,
        occurredAt: event.occurredAt.toISOString(),
        ip: event.ip ?? undefined,
        userAgent: event.userAgent ?? undefined,
        wording: event.wording ?? undefined,
        reported: event.reported,
        hash: event.hash,
      })),
    });
  }

  async #read(accountId: string, contactId: string) {
    return this.db.forAccount(accountId, async (tx) => {
      const contact = found(
        await tx.contact.findFirst({ where: { id: contactId, ...visibleCards }, select: { subscriberId: true } }),
      );
      const key = await this.keyring.one(accountId, contactId);
      const { events, intact } = await readEvidence(tx, key, accountId, contactId);
      const listIds = events.flatMap((event) => event.listId ?? []);
      const lists = await tx.list.findMany({ where: { id: { in: listIds } }, include: { brand: true } });
      const listOf = new Map(lists.map((list) => [list.id, list]));
      return {
        subscriberId: contact.subscriberId,
        intact,
        events: events.map((event) => {
          const list = event.listId ? listOf.get(event.listId) : undefined;
          const sent = event.deliveryId && list ? messageIdOf(event.deliveryId, list.brand.senderEmail) : null;
          return {
            ...event,
            brand: list?.brand,
            listName: list?.name ?? null,
            ip: event.ip ?? null,
            userAgent: event.userAgent ?? null,
            wording: event.wording ?? null,
            origin: event.origin ?? null,
            messageId: event.messageId ?? sent,
          };
        }),
      };
    });
  }
}
