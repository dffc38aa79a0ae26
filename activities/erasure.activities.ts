import { Inject, Injectable } from '@nestjs/common';
import { readEvidence } from '../libs/db/consent-events.js';
import { Database, found, type Tx } from '../libs/db/database.js';
import { derivedId } from '../libs/db/derived-id.js';
import {
  type ErasureSubject,
  eraseFromStores,
  noteErasedRows,
  searchStores,
  stopDeliveries,
} from '../libs/db/erasures.js';
import type { TombstoneIps } from '../libs/db/tombstones.js';
import { tombstoneEvidenceMs } from '../libs/domain/erasure.js';
import { openJson, sealJson } from '../libs/privacy/envelope.js';
import { Keyring } from '../libs/privacy/keyring.js';
import { TemporalExecutions } from '../libs/temporal/executions.js';

export interface ErasureReference {
  accountId: string;
  erasureId: string;
  contactId: string;
}

/** Rows still found per store; 0 everywhere is right. */
export interface Verification {
  found: Record<string, number>;
  keyDestroyed: boolean;
}

/** The steps of an erasure. Each can be repeated: what is gone stays gone, what was written is found written. */
@Injectable()
export class ErasureActivities {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(TemporalExecutions) private readonly executions: TemporalExecutions,
  ) {}

  /** Ends queued messages to the contact; answers how many are being handed over at this moment. */
  async stopSends({ accountId, contactId }: ErasureReference): Promise<{ underWay: number }> {
    return this.db.forAccount(accountId, (tx) => stopDeliveries(tx, contactId));
  }

  /**
   * Writes the tombstone from the contact's own evidence (P15): times, IPs under the tombstone's own key, ids and
   * hashes. What is not known stays empty.
   */
  async writeTombstone({ accountId, erasureId, contactId }: ErasureReference): Promise<void> {
    const tombstoneId = derivedId('tombstone', erasureId);
    const contactKey = (await this.keyring.many(accountId, [contactId])).get(contactId);
    // Without its key the card was erased before: the tombstone is there.
    if (!contactKey) return;
    const key = (await this.keyring.create(accountId, 'tombstone', [tombstoneId])).get(tombstoneId)!;
    await this.db.forAccount(accountId, async (tx) => {
      if (await tx.tombstone.findUnique({ where: { erasureId }, select: { id: true } })) return;
      const erasure = found(await tx.erasure.findUnique({ where: { id: erasureId } }));
      const { events } = await readEvidence(tx, contactKey, accountId, contactId);
      const registered = events.find((event) => registeringKinds.has(event.kind));
      const confirmed = events.findLast((event) => confirmingKinds.has(event.kind));
      const requester = erasure.requesterSealed
        ? openJson<{ ip?: string }>(contactKey, accountId, 'erasure', erasureId, erasure.requesterSealed)
        : {};
      const ips: TombstoneIps = { registered: registered?.ip, confirmed: confirmed?.ip, erased: requester.ip };
      const channels = await tx.contactChannel.findMany({ where: { contactId } });
      const subscriptions = await tx.subscription.findMany({ where: { contactId }, include: { list: true } });
      const hashes = new Set(events.flatMap((event) => event.wordingHash ?? []));
      await tx.tombstone.create({
        data: {
          id: tombstoneId,
          accountId,
          erasureId,
          registeredAt: registered?.occurredAt ?? null,
          confirmedAt: confirmed?.occurredAt ?? null,
          erasedAt: erasure.requestedAt,
          ipsSealed: sealJson(key, accountId, 'tombstone', tombstoneId, ips),
          channels: channels.map((row) => row.channel),
          brandIds: [...new Set(subscriptions.map((row) => row.list.brandId))],
          listIds: subscriptions.map((row) => row.listId),
          wordingHashes: [...hashes].map((hash) => Buffer.from(hash, 'hex')),
          evidenceUntil: new Date(erasure.requestedAt.getTime() + tombstoneEvidenceMs),
        },
      });
      await tx.tombstoneFingerprint.createMany({
        data: channels.map(({ channel, fingerprint, keyVersion }) => ({
          tombstoneId,
          channel,
          accountId,
          fingerprint,
          keyVersion,
        })),
      });
      await tx.erasure.update({ where: { id: erasureId }, data: { tombstoneId, requesterSealed: null } });
    });
  }

  /** Ends the contact's running workflows and deletes their histories from Temporal. */
  async endWorkflows({ accountId, contactId }: ErasureReference): Promise<{ ended: number }> {
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.execution.findMany({ where: { contactId, deletedAt: null }, select: { workflowId: true } }),
    );
    for (const { workflowId } of rows) {
      await this.executions.endAndDelete(workflowId);
      await this.db.forAccount(accountId, (tx) =>
        tx.execution.update({ where: { workflowId }, data: { deletedAt: new Date() } }),
      );
    }
    return { ended: rows.length };
  }

  /**
   * Deletes or unlinks the contact's rows in every declared store, in one transaction.
   * @returns how many rows of each store this erasure has touched, in earlier runs as well
   */
  async deleteRows(reference: ErasureReference): Promise<Record<string, number>> {
    return this.db.forAccount(reference.accountId, async (tx) =>
      noteErasedRows(tx, reference.erasureId, await eraseFromStores(tx, await subjectOf(tx, reference))),
    );
  }

  /** Destroys the contact's key: what it sealed is unreadable from here on, in every backup of the database too. */
  async destroyKey({ accountId, contactId }: ErasureReference): Promise<void> {
    await this.keyring.destroy(accountId, [contactId]);
  }

  /** Searches every declared store and the keyring for what must be gone. */
  async verifyErasure(reference: ErasureReference): Promise<Verification> {
    const { accountId, contactId } = reference;
    const remaining = await this.db.forAccount(accountId, async (tx) =>
      searchStores(tx, await subjectOf(tx, reference)),
    );
    const key = (await this.keyring.many(accountId, [contactId])).get(contactId);
    return { found: remaining, keyDestroyed: key === undefined };
  }

  /**
   * Ends the request with its certificate: what was deleted where, what was searched, what stays and until when. No
   * personal data is in it.
   * @throws when the verification found something: the step is tried again until an operator has looked
   */
  async certify(
    input: ErasureReference & { deleted: Record<string, number>; verification: Verification },
  ): Promise<void> {
    const { accountId, erasureId, deleted, verification } = input;
    const leftovers = Object.entries(verification.found).filter(([, count]) => count > 0);
    if (leftovers.length > 0 || !verification.keyDestroyed) {
      throw new Error(`the verification found rows in: ${leftovers.map(([table]) => table).join(', ') || 'keyring'}`);
    }
    await this.db.forAccount(accountId, async (tx) => {
      const erasure = found(await tx.erasure.findUnique({ where: { id: erasureId } }));
      if (erasure.status === 'done') return;
      const tombstone = found(await tx.tombstone.findUnique({ where: { erasureId } }));
      const finishedAt = new Date();
      await tx.erasure.update({
        where: { id: erasureId },
        data: {
          status: 'done',
          finishedAt,
          certificate: {
            erasure_id: erasureId,
            requested_at: erasure.requestedAt.toISOString(),
            finished_at: finishedAt.toISOString(),
            rows: deleted,
            verification: { searched: Object.keys(verification.found), found: 0, key_destroyed: true },
            retained: {
              what: 'tombstone: times, IP addresses, channels, brand and list ids, hashes of the wording, keyed fingerprints',
              basis: 'GDPR art. 6(1)(f) with art. 17(3)(e)',
              until: tombstone.evidenceUntil.toISOString(),
            },
          },
        },
      });
    });
  }
}

const registeringKinds: ReadonlySet<string> = new Set([
  'requested',
  'reported',
  'imported',
  'resubscription_confirmed',
]);
const confirmingKinds: ReadonlySet<string> = new Set(['confirmed', 'imported', 'resubscription_confirmed']);

/** The fingerprints by which rows are found: from the living channels, or from the tombstone once they are gone. */
async function subjectOf(tx: Tx, { contactId, erasureId }: ErasureReference): Promise<ErasureSubject> {
  const tombstone = await tx.tombstone.findUnique({ where: { erasureId }, include: { fingerprints: true } });
  return { contactId, fingerprints: tombstone?.fingerprints.map((row) => row.fingerprint) ?? [] };
}
