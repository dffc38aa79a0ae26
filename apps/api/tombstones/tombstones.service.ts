import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { findContactByAddress } from '../../../libs/db/contacts.js';
import { Database, found, isUniqueViolation } from '../../../libs/db/database.js';
import { enqueueStart } from '../../../libs/db/outbox.js';
import { openResubscription } from '../../../libs/db/resubscriptions.js';
import { isAddressBlocked } from '../../../libs/db/suppressions.js';
import { isTombstoneOfAddress, tombstonesOfAddress } from '../../../libs/db/tombstones.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { resubscriptionContract } from '../../../workflows/resubscription.contract.js';
import type { resubscribeSchema, tombstoneSearchSchema } from './tombstones.types.js';

/** Finding tombstones (P16) and the way back from one (P18). */
@Injectable()
export class TombstonesService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /** All tombstones of one exact address or mobile number, and its living card. */
  async search(accountId: string, input: z.output<typeof tombstoneSearchSchema>) {
    const keys = await this.keyring.account(accountId);
    const channel = input.email === undefined ? 'sms' : 'email';
    const fingerprint = fingerprintOf(keys.fingerprint, channel, input.email ?? input.mobile!);
    return this.db.forAccount(accountId, async (tx) => {
      const living = await findContactByAddress(tx, channel, fingerprint);
      const contact =
        living && !living.erasing ? await tx.contact.findUnique({ where: { id: living.contactId } }) : null;
      return {
        tombstones: await tombstonesOfAddress(tx, this.keyring, accountId, channel, fingerprint, new Date()),
        blocked: await isAddressBlocked(tx, channel, fingerprint),
        contact,
      };
    });
  }

  /**
   * Offers the way back: one mail to the typed address, and nothing else until the person presses its button.
   * @throws DomainError tombstone_mismatch, resubscription_too_soon, conflict when the address has come back already
   */
  async resubscribe(
    accountId: string,
    tombstoneId: string,
    input: z.output<typeof resubscribeSchema>,
    sandbox: boolean,
  ) {
    const keys = await this.keyring.account(accountId);
    const fingerprint = fingerprintOf(keys.fingerprint, 'email', input.email);
    const id = randomUUID();
    await this.db.forAccount(accountId, async (tx) => {
      found(await tx.tombstone.findUnique({ where: { id: tombstoneId }, select: { id: true } }));
      if (!(await isTombstoneOfAddress(tx, tombstoneId, 'email', fingerprint)))
        throw new DomainError('tombstone_mismatch');
      if (await findContactByAddress(tx, 'email', fingerprint)) {
        throw new DomainError('conflict', 'this address has a living contact');
      }
    });
    // The typed address waits under a temporary key, whose row commits first (decision 3).
    const key = (await this.keyring.create(accountId, 'pending', [id])).get(id)!;
    try {
      return await this.db.forAccount(accountId, async (tx) => {
        const lists = await tx.list.findMany({ where: { id: { in: input.list_ids } }, include: { brand: true } });
        const known = new Set(lists.map((list) => list.id));
        const unknown = input.list_ids.findIndex((listId) => !known.has(listId));
        if (unknown !== -1) {
          throw new DomainError('validation_failed', undefined, [
            { pointer: `/list_ids/${unknown}`, detail: 'there is no such list' },
          ]);
        }
        const obstacle = await openResubscription(
          tx,
          {
            id,
            accountId,
            tombstoneId,
            addressFingerprint: fingerprint,
            keyVersion: keys.keyVersion,
            key,
            pending: { email: input.email },
            listIds: [...new Set(input.list_ids)],
            requestedBy: 'staff',
            howAsked: input.how_asked,
            language: input.language ?? lists[0]!.brand.language,
            sandbox,
          },
          new Date(),
        );
        if (obstacle)
          throw new DomainError(
            'resubscription_too_soon',
            obstacle === 'rejected' ? 'the person refused it' : undefined,
          );
        const workflow = { accountId, resubscriptionId: id };
        await enqueueStart(tx, {
          accountId,
          workflowType: resubscriptionContract.type,
          workflowId: resubscriptionContract.workflowId(workflow),
          input: workflow,
        });
        const row = await tx.resubscription.findUniqueOrThrow({ where: { id } });
        return { ...row, mustConfirm: true as const };
      });
    } catch (error) {
      await this.keyring.destroy(accountId, [id]);
      if (isUniqueViolation(error)) throw new DomainError('resubscription_too_soon');
      throw error;
    }
  }

  async readResubscription(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.resubscription.findUnique({ where: { id } })));
  }
}
