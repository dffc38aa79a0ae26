import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents } from '../libs/db/consent-events.js';
import { Database, found, type Tx } from '../libs/db/database.js';
import { queueDelivery } from '../libs/db/deliveries.js';
import { takeOptInMail } from '../libs/db/mail-bounds.js';
import { endOptIn, lockOptIn, type SignUpPayload } from '../libs/db/opt-ins.js';
import { endResubscription, lockResubscription } from '../libs/db/resubscriptions.js';
import { changeSubscription } from '../libs/db/subscriptions.js';
import { type OptInStatus, optInTransitions, resubscriptionTransitions } from '../libs/domain/opt-in.js';
import { nextState } from '../libs/domain/transition.js';
import { openIdentity, openJson } from '../libs/privacy/envelope.js';
import { Keyring } from '../libs/privacy/keyring.js';
import { PlatformKeys } from '../libs/privacy/platform-keys.js';
import { SignUpDecisions } from './consent/sign-up-decisions.js';

export interface SignUpReference {
  accountId: string;
  signUpId: string;
}

export interface OptInReference {
  accountId: string;
  optInId: string;
}

/** What a sign-up led to. Waits are in milliseconds from now, from the list's policy. */
export type SignUpOutcome =
  | { kind: 'opt_in'; optInId: string; reminderAfterMs: number[]; expireAfterMs: number }
  | { kind: 'resubscribe' | 'resend' | 'nothing' };

/** The waiting side of consent: what the opt-in and resubscription workflows decide, queue and end. */
@Injectable()
export class ConsentActivities {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(PlatformKeys) private readonly platformKeys: PlatformKeys,
    @Inject(SignUpDecisions) private readonly decisions: SignUpDecisions,
  ) {}

  /**
   * Decides a sign-up (P7, P8, P18) in one transaction and notes the outcome on its row, so that a second run only
   * reads it. The temporary key of what was typed, and keys that the decision did not use, are destroyed once it has
   * committed.
   */
  async decideSignUp({ accountId, signUpId }: SignUpReference): Promise<SignUpOutcome> {
    const undecided = await this.db.forAccount(accountId, async (tx) => {
      const signUp = await tx.signUp.findUnique({ where: { id: signUpId } });
      return signUp?.status === 'received' ? signUp : null;
    });
    if (undecided?.payloadSealed) {
      const key = (await this.keyring.many(accountId, [signUpId])).get(signUpId);
      if (key) {
        const payload = openJson<SignUpPayload>(key, accountId, 'sign_up', signUpId, undecided.payloadSealed);
        await this.decisions.decide(accountId, signUpId, payload);
      }
    }
    await this.decisions.destroyUnusedKeys(accountId, signUpId);
    await this.keyring.destroy(accountId, [signUpId]);
    return this.db.forAccount(accountId, (tx) => this.#outcomeOf(tx, signUpId));
  }

  /**
   * Queues a confirmation mail or a reminder. A mail that somebody outside caused counts towards the bounds of its
   * address (P8); reminders are the list's own policy and do not.
   * @returns whether a mail was queued
   */
  async queueOptInMail(
    input: OptInReference & { kind: 'confirmation' | 'confirmation_reminder'; number: number },
  ): Promise<{ queued: boolean }> {
    const { accountId, optInId } = input;
    const optIn = await this.db.forAccount(accountId, (tx) =>
      tx.optIn.findUnique({ where: { id: optInId }, include: { contact: { select: { envelopeSealed: true } } } }),
    );
    if (optIn?.status !== 'awaiting') return { queued: false };
    const key = (await this.keyring.many(accountId, [optIn.contactId])).get(optIn.contactId);
    if (!key) return { queued: false };
    const { email } = openIdentity(key, accountId, optIn.contactId, optIn.contact.envelopeSealed);
    if (email === undefined) return { queued: false };
    const dedupeKey = `opt-in:${optInId}:${input.number}`;

    return this.db.forAccount(accountId, async (tx) => {
      const locked = await lockOptIn(tx, optInId);
      if (locked?.status !== 'awaiting') return { queued: false };
      if (await tx.delivery.findUnique({ where: { accountId_dedupeKey: { accountId, dedupeKey } } }))
        return { queued: true };
      if (input.kind === 'confirmation') {
        const list = { accountId, listId: optIn.listId };
        const allowed = await takeOptInMail(tx, this.platformKeys.bounds, email, list, new Date());
        if (!allowed) return { queued: false };
      }
      const deliveryId = await queueDelivery(tx, {
        accountId,
        kind: input.kind,
        dedupeKey,
        listId: optIn.listId,
        contactId: optIn.contactId,
        optInId,
        sandbox: optIn.sandbox,
      });
      await tx.optIn.update({ where: { id: optInId }, data: { mailsQueued: { increment: 1 } } });
      await appendConsentEvents(tx, key, accountId, optIn.contactId, [
        {
          kind: 'confirmation_sent',
          channel: 'email',
          listId: optIn.listId,
          occurredAt: new Date(),
          deliveryId,
          detail: {},
        },
      ]);
      return { queued: true };
    });
  }

  /** Ends an opt-in that nobody answered. Answers the status it has: an answer that committed first stands. */
  async expireOptIn({ accountId, optInId }: OptInReference): Promise<OptInStatus> {
    const contactId = await this.db.forAccount(accountId, async (tx) => {
      return (await tx.optIn.findUnique({ where: { id: optInId }, select: { contactId: true } }))?.contactId;
    });
    if (!contactId) return 'ended';
    const key = (await this.keyring.many(accountId, [contactId])).get(contactId);
    return this.db.forAccount(accountId, async (tx) => {
      const optIn = await lockOptIn(tx, optInId);
      if (!optIn) return 'ended';
      if (nextState(optInTransitions, optIn.status as OptInStatus, 'expire') === undefined)
        return optIn.status as OptInStatus;
      await endOptIn(tx, optInId, 'expired');
      const ids = { accountId, contactId, listId: optIn.listId };
      const { before, after } = await changeSubscription(tx, ids, 'expire', 'opt-in');
      if (key && before !== after) {
        await appendConsentEvents(tx, key, accountId, contactId, [
          { kind: 'expired', channel: 'email', listId: optIn.listId, occurredAt: new Date(), detail: {} },
        ]);
      }
      return 'expired';
    });
  }

  /** Queues the one mail of a resubscription and tells how long its click is awaited, in milliseconds from now. */
  async queueResubscriptionMail(input: {
    accountId: string;
    resubscriptionId: string;
  }): Promise<{ expireAfterMs: number }> {
    const { accountId, resubscriptionId } = input;
    return this.db.forAccount(accountId, async (tx) => {
      const row = found(await lockResubscription(tx, resubscriptionId));
      if (row.status === 'awaiting') {
        await queueDelivery(tx, {
          accountId,
          kind: 'resubscription',
          dedupeKey: `resubscription:${resubscriptionId}`,
          resubscriptionId,
          sandbox: row.sandbox,
        });
      }
      return { expireAfterMs: row.expiresAt.getTime() - Date.now() };
    });
  }

  /** Ends a resubscription that nobody answered. Answers the status it has. */
  async expireResubscription(input: { accountId: string; resubscriptionId: string }): Promise<OptInStatus> {
    return this.db.forAccount(input.accountId, async (tx) => {
      const row = await lockResubscription(tx, input.resubscriptionId);
      if (!row) return 'ended';
      const status = row.status as OptInStatus;
      if (nextState(resubscriptionTransitions, status, 'expire') === undefined) return status;
      await endResubscription(tx, row.id, 'expired');
      return 'expired';
    });
  }

  /** Destroys the temporary key of a typed address: whoever did not come back is forgotten again (P18). */
  async forgetPendingAddress(input: { accountId: string; resubscriptionId: string }): Promise<void> {
    await this.keyring.destroy(input.accountId, [input.resubscriptionId]);
  }

  async #outcomeOf(tx: Tx, signUpId: string): Promise<SignUpOutcome> {
    const signUp = await tx.signUp.findUnique({ where: { id: signUpId } });
    if (signUp?.outcome === 'resubscribe' || signUp?.outcome === 'resend') return { kind: signUp.outcome };
    const optIn = await tx.optIn.findUnique({ where: { signUpId }, include: { list: true } });
    if (optIn?.status !== 'awaiting') return { kind: 'nothing' };
    return {
      kind: 'opt_in',
      optInId: optIn.id,
      reminderAfterMs: optIn.list.reminderAfterSeconds.map((seconds) => seconds * 1000),
      expireAfterMs: Math.max(optIn.expiresAt.getTime() - Date.now(), 0),
    };
  }
}
