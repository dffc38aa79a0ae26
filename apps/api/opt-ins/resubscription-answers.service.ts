import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents } from '../../../libs/db/consent-events.js';
import { insertContact } from '../../../libs/db/contacts.js';
import { Database, isUniqueViolation, type Tx } from '../../../libs/db/database.js';
import { derivedId } from '../../../libs/db/derived-id.js';
import { answeredDelivery } from '../../../libs/db/opt-ins.js';
import { enqueueSignal, enqueueUpdate, linkExecution } from '../../../libs/db/outbox.js';
import { endResubscription, lockResubscription, type PendingAddress } from '../../../libs/db/resubscriptions.js';
import { type OptInStatus, resubscriptionTransitions } from '../../../libs/domain/opt-in.js';
import { nextState } from '../../../libs/domain/transition.js';
import { openJson } from '../../../libs/privacy/envelope.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { doubleOptInContract } from '../../../workflows/double-opt-in.contract.js';
import {
  confirmResubscriptionUpdate,
  rejectResubscriptionSignal,
  resubscriptionContract,
} from '../../../workflows/resubscription.contract.js';
import type { AnsweredFrom } from './answered-from.js';

/** The answers to a resubscription mail (P18). */
@Injectable()
export class ResubscriptionAnswers {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * The person pressed the button: a **new** card with a new SubscriberID, only the address, the default MailRating and
   * Source `Resubscribed`, subscribed to the lists that were offered. The tombstone stays as it is.
   */
  async confirm(accountId: string, resubscriptionId: string, from: AnsweredFrom): Promise<'confirmed' | 'over'> {
    const keys = await this.keyring.account(accountId);
    const pendingKey = (await this.keyring.many(accountId, [resubscriptionId])).get(resubscriptionId);
    const contactId = derivedId('contact', resubscriptionId);
    // The key row commits first (decision 3), and only where there is an address to seal with it.
    const key = pendingKey ? (await this.keyring.create(accountId, 'contact', [contactId])).get(contactId) : undefined;
    const answered = this.db.forAccount(accountId, async (tx) => {
      const row = await lockResubscription(tx, resubscriptionId);
      if (!row) return 'over';
      if (row.status === 'confirmed') return 'confirmed';
      const now = new Date();
      const accepted = nextState(resubscriptionTransitions, row.status as OptInStatus, 'confirm') !== undefined;
      if (!accepted || row.expiresAt <= now || !row.pendingSealed || !pendingKey || !key) return 'over';
      const pending = openJson<PendingAddress>(
        pendingKey,
        accountId,
        'resubscription',
        resubscriptionId,
        row.pendingSealed,
      );
      await insertContact(tx, keys, {
        id: contactId,
        accountId,
        key,
        identity: { email: pending.email },
        source: 'Resubscribed',
        language: row.language,
        permission: 'confirmed',
        basis: 'consent',
        cameBackAt: now,
      });
      await tx.subscription.createMany({
        data: row.listIds.map((listId) => ({
          contactId,
          listId,
          accountId,
          status: 'subscribed',
          source: 'resubscription',
        })),
      });
      const deliveryId = await answeredDelivery(tx, { resubscriptionId });
      await appendConsentEvents(
        tx,
        key,
        accountId,
        contactId,
        row.listIds.map((listId) => ({
          kind: 'resubscription_confirmed' as const,
          channel: 'email' as const,
          listId,
          occurredAt: now,
          deliveryId,
          detail: { ip: from.ip, userAgent: from.userAgent, wording: pending.wording },
        })),
      );
      await endResubscription(tx, resubscriptionId, 'confirmed', contactId);
      const workflow = this.#workflow(accountId, resubscriptionId);
      await linkExecution(tx, workflow.workflowId, contactId);
      if (row.signUpId) {
        await linkExecution(tx, doubleOptInContract.workflowId({ accountId, signUpId: row.signUpId }), contactId);
      }
      await enqueueUpdate(tx, {
        ...workflow,
        contactId,
        name: confirmResubscriptionUpdate.name,
        args: [{ resubscriptionId }],
      });
      return 'confirmed';
    });
    try {
      return (await answered) as 'confirmed' | 'over';
    } catch (error) {
      // The address has a living card already: somebody came back with it through another confirmation.
      if (isUniqueViolation(error)) return 'over';
      throw error;
    }
  }

  /** "This was not me": ends it, and stops further such mails. */
  async reject(accountId: string, resubscriptionId: string): Promise<'rejected' | 'over'> {
    return this.db.forAccount(accountId, (tx) => this.#reject(tx, accountId, resubscriptionId));
  }

  async #reject(tx: Tx, accountId: string, resubscriptionId: string): Promise<'rejected' | 'over'> {
    const row = await lockResubscription(tx, resubscriptionId);
    if (!row) return 'over';
    if (row.status === 'rejected') return 'rejected';
    if (nextState(resubscriptionTransitions, row.status as OptInStatus, 'reject') === undefined) return 'over';
    await endResubscription(tx, resubscriptionId, 'rejected');
    await enqueueSignal(tx, { ...this.#workflow(accountId, resubscriptionId), name: rejectResubscriptionSignal.name });
    return 'rejected';
  }

  #workflow(accountId: string, resubscriptionId: string) {
    const workflowId = resubscriptionContract.workflowId({ accountId, resubscriptionId });
    return { accountId, workflowType: resubscriptionContract.type, workflowId };
  }
}
