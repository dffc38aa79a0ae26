import { randomBytes, randomUUID } from 'node:crypto';
import { createAccount } from '../../libs/db/accounts.js';
import { insertContact } from '../../libs/db/contacts.js';
import type { Database, Tx } from '../../libs/db/database.js';
import type { NewDelivery } from '../../libs/db/deliveries.js';
import type { CampaignState } from '../../libs/domain/campaign.js';
import { type DeliveryState, laneOfKind } from '../../libs/domain/delivery.js';
import { fingerprintOf } from '../../libs/privacy/fingerprint.js';
import type { Keyring } from '../../libs/privacy/keyring.js';

/** What may stand in a contact's way. Left out: nothing does. */
export interface ContactSituation {
  permission?: 'pending' | 'confirmed';
  subscription?: 'none' | 'pending' | 'subscribed' | 'unsubscribed' | 'expired';
  objected?: boolean;
  restricted?: boolean;
  erasing?: boolean;
  suppressed?: boolean;
}

/** How a row stands in the ledger. Left out: queued, and due. */
export interface LedgerState {
  state?: DeliveryState;
  notBefore?: Date;
  leaseOwner?: string;
  leaseEpoch?: number;
  leaseExpiresAt?: Date;
}

/** An account with a list and a template, whose ledger a spec fills and looks into. */
export class LedgerAccount {
  private constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    readonly id: string,
    readonly listId: string,
    readonly templateId: string,
  ) {}

  static async open(db: Database, keyring: Keyring): Promise<LedgerAccount> {
    const { id: accountId } = await createAccount(db, keyring, 'Acme');
    return db.forAccount(accountId, async (tx) => {
      const brand = await tx.brand.create({
        data: { accountId, name: 'Aurora', color: '#0B6E4F', senderName: 'Aurora', senderEmail: 'news@aurora.example' },
      });
      const { id: listId } = await tx.list.create({
        data: { accountId, brandId: brand.id, name: 'News', purpose: 'News', reminderAfterSeconds: [] },
      });
      const template = { accountId, brandId: brand.id, name: 'Hello', currentVersion: 1 };
      const { id: templateId } = await tx.template.create({ data: template });
      return new LedgerAccount(db, keyring, accountId, listId, templateId);
    });
  }

  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.db.forAccount(this.id, work);
  }

  async campaign(state: CampaignState): Promise<string> {
    const { id: accountId, listId, templateId } = this;
    const data = { accountId, listId, templateId, templateVersion: 1, name: 'Spring', state };
    return this.run(async (tx) => (await tx.campaign.create({ data })).id);
  }

  async contact(situation: ContactSituation = {}): Promise<string> {
    const [id, accountId, at] = [randomUUID(), this.id, new Date()];
    const email = `${id}@example.com`;
    const key = (await this.keyring.create(accountId, 'contact', [id])).get(id)!;
    const keys = await this.keyring.account(accountId);
    const { permission = 'confirmed', subscription: status = 'subscribed' } = situation;
    await this.run(async (tx) => {
      const card = { id, accountId, key, identity: { email }, source: 'Form', permission, basis: 'consent' } as const;
      await insertContact(tx, keys, card);
      await tx.contact.update({
        where: { id },
        data: {
          ...(situation.objected && { objectedAt: at }),
          ...(situation.restricted && { restrictedAt: at }),
          ...(situation.erasing && { erasingAt: at }),
        },
      });
      if (status !== 'none') {
        await tx.subscription.create({
          data: { contactId: id, listId: this.listId, accountId, status, source: 'spec' },
        });
      }
      if (situation.suppressed) await this.suppress(tx, fingerprintOf(keys.fingerprint, 'email', email));
    });
    return id;
  }

  async suppress(tx: Tx, fingerprint: Uint8Array<ArrayBuffer>): Promise<void> {
    await tx.suppression.create({
      data: { accountId: this.id, channel: 'email', fingerprint, keyVersion: 1, reason: 'complaint' },
    });
  }

  async optIn(contactId: string, status: 'awaiting' | 'confirmed' | 'expired' | 'rejected' | 'ended'): Promise<string> {
    const { id: accountId, listId } = this;
    const data = {
      accountId,
      contactId,
      listId,
      signUpId: randomUUID(),
      language: 'en',
      status,
      expiresAt: new Date(),
    };
    return this.run(async (tx) => (await tx.optIn.create({ data })).id);
  }

  async resubscription(status: 'awaiting' | 'rejected', addressFingerprint = randomBytes(32)): Promise<string> {
    const accountId = this.id;
    return this.run(async (tx) => {
      const tombstone = await tx.tombstone.create({
        data: {
          accountId,
          erasureId: randomUUID(),
          erasedAt: new Date(),
          ipsSealed: randomBytes(32),
          evidenceUntil: new Date(),
        },
      });
      const row = { accountId, tombstoneId: tombstone.id, channel: 'email', addressFingerprint, keyVersion: 1, status };
      const asked = { requestedBy: 'staff', howAsked: 'by phone', language: 'en', expiresAt: new Date() };
      return (await tx.resubscription.create({ data: { ...row, ...asked } })).id;
    });
  }

  async testAddress(verifiedAt: Date | null): Promise<string> {
    const data = { accountId: this.id, addressSealed: randomBytes(32), fingerprint: randomBytes(32), verifiedAt };
    return this.run(async (tx) => (await tx.testAddress.create({ data })).id);
  }

  /** Writes rows to the ledger as they are queued, or as they stand in another state. */
  async deliveries(
    count: number,
    row: Partial<NewDelivery> & LedgerState & { kind: NewDelivery['kind'] },
  ): Promise<string[]> {
    const rows = Array.from({ length: count }, () => ({
      id: randomUUID() as string,
      accountId: this.id,
      dedupeKey: randomUUID(),
      lane: laneOfKind[row.kind],
      notBefore: new Date(Date.now() - 1_000),
      ...row,
    }));
    await this.run((tx) => tx.delivery.createMany({ data: rows }));
    return rows.map(({ id }) => id);
  }

  async campaignDelivery(contactId: string, campaignId: string): Promise<string> {
    const [id] = await this.deliveries(1, { kind: 'campaign', contactId, campaignId, listId: this.listId });
    return id!;
  }

  async row(id: string) {
    return this.run((tx) => tx.delivery.findUniqueOrThrow({ where: { id } }));
  }

  async states(ids: string[]): Promise<string[]> {
    const rows = await this.run((tx) => tx.delivery.findMany({ where: { id: { in: ids } } }));
    return ids.map((id) => rows.find((row) => row.id === id)!.state);
  }

  async clearLedger(): Promise<void> {
    await this.run((tx) => tx.delivery.deleteMany({}));
  }
}
