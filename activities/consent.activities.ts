import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents, type NewConsentEvent } from '../libs/db/consent-events.js';
import { channelFingerprints, findContactByAddress, insertContact } from '../libs/db/contacts.js';
import { Database, found, type Tx } from '../libs/db/database.js';
import { queueDelivery } from '../libs/db/deliveries.js';
import { derivedId } from '../libs/db/derived-id.js';
import { takeOptInMail } from '../libs/db/mail-bounds.js';
import { endOptIn, lockOptIn, type SignUpPayload } from '../libs/db/opt-ins.js';
import { enqueueSignal, enqueueStart, linkExecution } from '../libs/db/outbox.js';
import { endResubscription, lockResubscription, openResubscription } from '../libs/db/resubscriptions.js';
import { changeSubscription } from '../libs/db/subscriptions.js';
import { isAddressBlocked, isSuppressed } from '../libs/db/suppressions.js';
import {
  decideSignUp,
  type OptInStatus,
  optInTransitions,
  rejectionPauseMs,
  resubscriptionTransitions,
  type SignUpFacts,
} from '../libs/domain/opt-in.js';
import { nextState } from '../libs/domain/transition.js';
import { openIdentity, openJson } from '../libs/privacy/envelope.js';
import { type AccountKeys, Keyring } from '../libs/privacy/keyring.js';
import { PlatformKeys } from '../libs/privacy/platform-keys.js';
import { doubleOptInContract, resendSignal } from '../workflows/double-opt-in.contract.js';
import { resubscriptionContract } from '../workflows/resubscription.contract.js';

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
  ) {}

  /**
   * Decides a sign-up (P7, P8, P18) in one transaction and notes the outcome on its row, so that a second run only
   * reads it. The temporary key of what was typed is destroyed once the decision has committed.
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
        await this.#decide(accountId, signUpId, payload);
      }
    }
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

  async #decide(accountId: string, signUpId: string, payload: SignUpPayload): Promise<void> {
    const keys = await this.keyring.account(accountId);
    const newContactId = derivedId('contact', signUpId);
    const resubscriptionId = derivedId('resubscription', signUpId);
    // Both candidates get their key before the transaction: the key row commits first (decision 3). The one that is not
    // used is destroyed right after.
    const candidates = await this.#createCandidateKeys(accountId, newContactId, resubscriptionId);
    await this.db.forAccount(accountId, async (tx) => {
      await tx.$queryRaw`SELECT id FROM sign_ups WHERE id = ${signUpId}::uuid FOR UPDATE`;
      const signUp = found(await tx.signUp.findUnique({ where: { id: signUpId } }));
      if (signUp.status !== 'received') return;
      const fingerprint = channelFingerprints(keys, { email: payload.email })[0]!.fingerprint;
      const living = await findContactByAddress(tx, 'email', fingerprint);
      const facts = await this.#signUpFacts(tx, signUp.listId, fingerprint, living);
      const decision = decideSignUp(facts);
      const context = { tx, accountId, keys, signUp, payload, fingerprint };
      let outcome: string = decision.kind === 'nothing' ? decision.reason : decision.kind;

      if (decision.kind === 'opt_in') {
        const contactId = living?.contactId ?? newContactId;
        const key = living ? await this.keyring.one(accountId, contactId) : candidates.contact;
        await this.#openOptIn(context, contactId, key, living !== null);
      } else if (decision.kind === 'resend') {
        await this.#resend(context, living!.contactId);
      } else if (decision.kind === 'resubscribe') {
        const obstacle = await this.#resubscribe(context, resubscriptionId, candidates.resubscription);
        if (obstacle) outcome = `resubscription_${obstacle}`;
      }
      await tx.signUp.update({
        where: { id: signUpId },
        data: { status: 'decided', outcome, payloadSealed: null, decidedAt: new Date() },
      });
    });
    await this.#destroyUnusedCandidates(accountId, newContactId, resubscriptionId);
  }

  async #signUpFacts(
    tx: Tx,
    listId: string,
    fingerprint: Uint8Array<ArrayBuffer>,
    living: Awaited<ReturnType<typeof findContactByAddress>>,
  ): Promise<SignUpFacts> {
    const contactId = living?.contactId;
    const subscription = contactId
      ? await tx.subscription.findUnique({ where: { contactId_listId: { contactId, listId } } })
      : null;
    const rejectedRecently = contactId
      ? await tx.optIn.findFirst({
          where: { contactId, status: 'rejected', endedAt: { gt: new Date(Date.now() - rejectionPauseMs) } },
          select: { id: true },
        })
      : null;
    const awaiting = contactId
      ? await tx.optIn.findFirst({ where: { contactId, listId, status: 'awaiting' }, select: { id: true } })
      : null;
    return {
      blocked: await isAddressBlocked(tx, 'email', fingerprint),
      suppressed: await isSuppressed(tx, 'email', fingerprint),
      restricted: living?.restricted ?? false,
      rejectedRecently: rejectedRecently !== null,
      subscription: (subscription?.status as SignUpFacts['subscription']) ?? 'none',
      awaiting: awaiting !== null,
      channelConfirmed: living?.permission === 'confirmed',
    };
  }

  async #openOptIn(context: DecisionContext, contactId: string, key: Buffer, exists: boolean): Promise<void> {
    const { tx, accountId, keys, signUp, payload } = context;
    if (!exists) {
      await insertContact(tx, keys, {
        id: contactId,
        accountId,
        key,
        identity: { email: payload.email, firstName: payload.firstName, lastName: payload.lastName },
        source: payload.source,
        language: payload.language,
        timeZone: payload.timeZone ?? null,
        permission: 'pending',
        basis: 'consent',
      });
    }
    await changeSubscription(tx, { accountId, contactId, listId: signUp.listId }, 'sign_up', payload.source);
    const list = found(await tx.list.findUnique({ where: { id: signUp.listId } }));
    await tx.optIn.create({
      data: {
        accountId,
        contactId,
        listId: signUp.listId,
        signUpId: signUp.id,
        formVersionId: signUp.formVersionId,
        language: payload.language,
        tracking: payload.tracking,
        sandbox: signUp.sandbox,
        expiresAt: new Date(Date.now() + list.expireAfterSeconds * 1000),
      },
    });
    await appendConsentEvents(tx, key, accountId, contactId, [requestedEvent(context)]);
    await linkExecution(tx, doubleOptInContract.workflowId({ accountId, signUpId: signUp.id }), contactId);
  }

  async #resend(context: DecisionContext, contactId: string): Promise<void> {
    const { tx, accountId, signUp } = context;
    const running = found(
      await tx.optIn.findFirst({ where: { contactId, listId: signUp.listId, status: 'awaiting' } }),
    );
    const key = await this.keyring.one(accountId, contactId);
    await appendConsentEvents(tx, key, accountId, contactId, [requestedEvent(context)]);
    await linkExecution(tx, doubleOptInContract.workflowId({ accountId, signUpId: signUp.id }), contactId);
    await enqueueSignal(tx, {
      accountId,
      workflowType: doubleOptInContract.type,
      workflowId: doubleOptInContract.workflowId({ accountId, signUpId: running.signUpId }),
      contactId,
      name: resendSignal.name,
    });
  }

  async #resubscribe(context: DecisionContext, id: string, key: Buffer): Promise<'rejected' | 'too_soon' | null> {
    const { tx, accountId, keys, signUp, payload, fingerprint } = context;
    const tombstone = await tx.tombstone.findFirst({
      where: { fingerprints: { some: { channel: 'email', fingerprint } } },
      orderBy: { erasedAt: 'desc' },
      select: { id: true },
    });
    // Blocked without a tombstone: the erasure is still under way. The person can ask again once it is done.
    if (!tombstone) return 'too_soon';
    const waiting = await tx.resubscription.findFirst({
      where: { channel: 'email', addressFingerprint: fingerprint, status: 'awaiting' },
      select: { id: true },
    });
    if (waiting) return 'too_soon';
    const obstacle = await openResubscription(
      tx,
      {
        id,
        accountId,
        tombstoneId: tombstone.id,
        addressFingerprint: fingerprint,
        keyVersion: keys.keyVersion,
        key,
        // The form's other fields are discarded (P18).
        pending: { email: payload.email, ip: payload.ip, userAgent: payload.userAgent, wording: payload.wording },
        listIds: [signUp.listId],
        requestedBy: 'form',
        howAsked: 'form',
        language: payload.language,
        sandbox: signUp.sandbox,
        signUpId: signUp.id,
      },
      new Date(),
    );
    if (obstacle) return obstacle;
    const input = { accountId, resubscriptionId: id };
    await enqueueStart(tx, {
      accountId,
      workflowType: resubscriptionContract.type,
      workflowId: resubscriptionContract.workflowId(input),
      input,
    });
    return null;
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

  async #createCandidateKeys(accountId: string, contactId: string, resubscriptionId: string) {
    const contact = (await this.keyring.create(accountId, 'contact', [contactId])).get(contactId)!;
    const resubscription = (await this.keyring.create(accountId, 'pending', [resubscriptionId])).get(resubscriptionId)!;
    return { contact, resubscription };
  }

  async #destroyUnusedCandidates(accountId: string, contactId: string, resubscriptionId: string): Promise<void> {
    const unused = await this.db.forAccount(accountId, async (tx) => {
      const contact = await tx.contact.findUnique({ where: { id: contactId }, select: { id: true } });
      const resubscription = await tx.resubscription.findUnique({
        where: { id: resubscriptionId },
        select: { id: true },
      });
      return [...(contact ? [] : [contactId]), ...(resubscription ? [] : [resubscriptionId])];
    });
    await this.keyring.destroy(accountId, unused);
  }
}

interface DecisionContext {
  tx: Tx;
  accountId: string;
  keys: AccountKeys;
  signUp: { id: string; listId: string; formVersionId: string | null; sandbox: boolean; receivedAt: Date };
  payload: SignUpPayload;
  fingerprint: Buffer<ArrayBuffer>;
}

/** What the person was shown and sent, at the time it came in. */
function requestedEvent({ signUp, payload }: DecisionContext): NewConsentEvent {
  return {
    kind: payload.reported ? 'reported' : 'requested',
    channel: 'email',
    listId: signUp.listId,
    formVersionId: signUp.formVersionId ?? undefined,
    occurredAt: signUp.receivedAt,
    reported: payload.reported,
    detail: { ip: payload.ip, userAgent: payload.userAgent, wording: payload.wording },
  };
}
