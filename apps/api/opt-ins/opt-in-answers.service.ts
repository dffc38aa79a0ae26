import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents, type NewConsentEvent } from '../../../libs/db/consent-events.js';
import { confirmChannel } from '../../../libs/db/contacts.js';
import { Database, type Tx } from '../../../libs/db/database.js';
import { answeredDelivery, endOptIn, lockOptIn } from '../../../libs/db/opt-ins.js';
import { enqueueSignal, enqueueUpdate } from '../../../libs/db/outbox.js';
import { changeSubscription } from '../../../libs/db/subscriptions.js';
import { type OptInStatus, optInTransitions } from '../../../libs/domain/opt-in.js';
import { nextState } from '../../../libs/domain/transition.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { confirmUpdate, doubleOptInContract, rejectSignal } from '../../../workflows/double-opt-in.contract.js';
import type { AnsweredFrom } from './answered-from.js';

/** The answers to a confirmation mail. Consent is true when its row commits; the workflow is told afterwards (decision 2). */
@Injectable()
export class OptInAnswers {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * The person pressed the button (P7): channel `confirmed`, subscription `subscribed`, tracking consent if its box was
   * ticked, and the evidence of it, in one transaction. Once confirmed, confirming again is no error and adds nothing.
   */
  async confirm(accountId: string, optInId: string, from: AnsweredFrom): Promise<'confirmed' | 'over'> {
    return this.#answer(accountId, optInId, async (tx, key, optIn) => {
      if (optIn.status === 'confirmed') return 'confirmed';
      if (nextState(optInTransitions, optIn.status as OptInStatus, 'confirm') === undefined) return 'over';
      const now = new Date();
      if (optIn.expiresAt <= now) return 'over';
      const { contactId, listId } = optIn;
      await endOptIn(tx, optInId, 'confirmed');
      await confirmChannel(tx, contactId, 'email', now);
      await changeSubscription(tx, { accountId, contactId, listId }, 'confirm', 'confirmation');
      const contact = await tx.contact.findUniqueOrThrow({ where: { id: contactId }, select: { objectedAt: true } });
      const event = {
        channel: 'email' as const,
        listId,
        formVersionId: optIn.formVersionId ?? undefined,
        occurredAt: now,
        deliveryId: await answeredDelivery(tx, { optInId }),
        detail: { ip: from.ip, userAgent: from.userAgent },
      };
      const events: NewConsentEvent[] = [{ ...event, kind: 'confirmed' }];
      if (optIn.tracking) events.push({ ...event, kind: 'tracking_granted' });
      // Only the person lifts an objection (P4): asking for mail again and confirming it is that.
      if (contact.objectedAt) events.push({ ...event, kind: 'objection_lifted' });
      await appendConsentEvents(tx, key, accountId, contactId, events);
      await tx.contact.update({
        where: { id: contactId },
        data: {
          objectedAt: null,
          ...(optIn.tracking ? { trackingConsent: 'granted' } : {}),
          updatedAt: now,
          version: { increment: 1 },
        },
      });
      await enqueueUpdate(tx, { ...this.#workflow(accountId, optIn), name: confirmUpdate.name, args: [{ optInId }] });
      return 'confirmed';
    });
  }

  /** "This was not me": nothing more goes to that address about it. */
  async reject(accountId: string, optInId: string, from: AnsweredFrom): Promise<'rejected' | 'over'> {
    return this.#answer(accountId, optInId, async (tx, key, optIn) => {
      if (optIn.status === 'rejected') return 'rejected';
      if (nextState(optInTransitions, optIn.status as OptInStatus, 'reject') === undefined) return 'over';
      const { contactId, listId } = optIn;
      await endOptIn(tx, optInId, 'rejected');
      await changeSubscription(tx, { accountId, contactId, listId }, 'reject', 'confirmation');
      await appendConsentEvents(tx, key, accountId, contactId, [
        {
          kind: 'rejected',
          channel: 'email',
          listId,
          occurredAt: new Date(),
          deliveryId: await answeredDelivery(tx, { optInId }),
          detail: { ip: from.ip, userAgent: from.userAgent },
        },
      ]);
      await enqueueSignal(tx, { ...this.#workflow(accountId, optIn), name: rejectSignal.name });
      return 'rejected';
    });
  }

  async #answer<Answer extends string>(
    accountId: string,
    optInId: string,
    decide: (
      tx: Tx,
      key: Buffer,
      optIn: NonNullable<Awaited<ReturnType<typeof lockOptIn>>>,
    ) => Promise<Answer | 'over'>,
  ): Promise<Answer | 'over'> {
    const contactId = await this.db.forAccount(accountId, async (tx) => {
      return (await tx.optIn.findUnique({ where: { id: optInId }, select: { contactId: true } }))?.contactId;
    });
    const key = contactId ? (await this.keyring.many(accountId, [contactId])).get(contactId) : undefined;
    if (!key) return 'over';
    return this.db.forAccount(accountId, async (tx) => {
      const optIn = await lockOptIn(tx, optInId);
      if (!optIn) return 'over';
      const contact = await tx.contact.findUnique({ where: { id: optIn.contactId }, select: { erasingAt: true } });
      if (!contact || contact.erasingAt) return 'over';
      return decide(tx, key, optIn);
    });
  }

  #workflow(accountId: string, optIn: { signUpId: string; contactId: string }) {
    return {
      accountId,
      workflowType: doubleOptInContract.type,
      workflowId: doubleOptInContract.workflowId({ accountId, signUpId: optIn.signUpId }),
      contactId: optIn.contactId,
    };
  }
}
