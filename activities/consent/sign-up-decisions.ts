import { Inject, Injectable } from '@nestjs/common';
import { appendConsentEvents, type NewConsentEvent } from '../../libs/db/consent-events.js';
import { channelFingerprints, findContactByAddress, insertContact, lockContact } from '../../libs/db/contacts.js';
import { Database, found, type Tx } from '../../libs/db/database.js';
import { derivedId } from '../../libs/db/derived-id.js';
import { lockSignUp, type SignUpPayload } from '../../libs/db/opt-ins.js';
import { enqueueSignal, enqueueStart, linkExecution } from '../../libs/db/outbox.js';
import { openResubscription } from '../../libs/db/resubscriptions.js';
import { changeSubscription } from '../../libs/db/subscriptions.js';
import { isAddressBlocked, isSuppressed } from '../../libs/db/suppressions.js';
import { decideSignUp, rejectionPauseMs, type SignUpFacts } from '../../libs/domain/opt-in.js';
import { type AccountKeys, Keyring } from '../../libs/privacy/keyring.js';
import { doubleOptInContract, resendSignal } from '../../workflows/double-opt-in.contract.js';
import { resubscriptionContract } from '../../workflows/resubscription.contract.js';

/** What a sign-up leads to (P7, P8, P17, P18): the one place where an address meets what the account knows of it. */
@Injectable()
export class SignUpDecisions {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * Decides once: a second run finds the row decided and changes nothing. In one transaction the facts are read, the
   * domain is asked, and what follows is written.
   */
  async decide(accountId: string, signUpId: string, payload: SignUpPayload): Promise<void> {
    const keys = await this.keyring.account(accountId);
    const newContactId = derivedId('contact', signUpId);
    const resubscriptionId = derivedId('resubscription', signUpId);
    // Both candidates get their key before the transaction: the key row commits first (decision 3). The one that is not
    // used is destroyed afterwards (`destroyUnusedKeys`).
    const candidates = await this.#createCandidateKeys(accountId, newContactId, resubscriptionId);
    await this.db.forAccount(accountId, async (tx) => {
      const signUp = found(await lockSignUp(tx, signUpId));
      if (signUp.status !== 'received') return;
      const fingerprint = channelFingerprints(keys, { email: payload.email })[0]!.fingerprint;
      // Locked, and read again: an erasure that commits meanwhile is seen, and one that comes later waits for this decision.
      const seen = await findContactByAddress(tx, 'email', fingerprint);
      if (seen) await lockContact(tx, seen.contactId);
      const living = seen && (await findContactByAddress(tx, 'email', fingerprint));
      const facts = await this.#signUpFacts(tx, signUp.listId, fingerprint, living);
      const decision = decideSignUp(facts);
      const context = { tx, accountId, keys, signUp, payload, fingerprint };
      // Whatever it leads to, an erasure of the contact must find this execution.
      const workflowId = doubleOptInContract.workflowId({ accountId, signUpId });
      if (living) await linkExecution(tx, workflowId, living.contactId);
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
  }

  /**
   * Destroys the keys of candidates that the decision did not use. A step of its own: a run that finds the sign-up
   * decided does it as well, so that a cut right after the decision leaves no key of nobody behind.
   */
  async destroyUnusedKeys(accountId: string, signUpId: string): Promise<void> {
    const contactId = derivedId('contact', signUpId);
    const resubscriptionId = derivedId('resubscription', signUpId);
    const unused = await this.db.forAccount(accountId, async (tx) => {
      const by = (id: string) => ({ where: { id }, select: { id: true } });
      const contact = await tx.contact.findUnique(by(contactId));
      const resubscription = await tx.resubscription.findUnique(by(resubscriptionId));
      return [...(contact ? [] : [contactId]), ...(resubscription ? [] : [resubscriptionId])];
    });
    await this.keyring.destroy(accountId, unused);
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
    await appendConsentEvents(tx, key, accountId, contactId, requestedEvents(context));
    await linkExecution(tx, doubleOptInContract.workflowId({ accountId, signUpId: signUp.id }), contactId);
  }

  async #resend(context: DecisionContext, contactId: string): Promise<void> {
    const { tx, accountId, signUp } = context;
    const running = found(
      await tx.optIn.findFirst({ where: { contactId, listId: signUp.listId, status: 'awaiting' } }),
    );
    const key = await this.keyring.one(accountId, contactId);
    await appendConsentEvents(tx, key, accountId, contactId, requestedEvents(context));
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

  async #createCandidateKeys(accountId: string, contactId: string, resubscriptionId: string) {
    const contact = (await this.keyring.create(accountId, 'contact', [contactId])).get(contactId)!;
    const resubscription = (await this.keyring.create(accountId, 'pending', [resubscriptionId])).get(resubscriptionId)!;
    return { contact, resubscription };
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

/** What the person was shown and sent, at the time it came in; the tracking box has an event of its own (P4). */
function requestedEvents({ signUp, payload }: DecisionContext): NewConsentEvent[] {
  const { ip, userAgent, wording, trackingWording } = payload;
  const event = {
    channel: 'email' as const,
    listId: signUp.listId,
    formVersionId: signUp.formVersionId ?? undefined,
    occurredAt: payload.askedAt === undefined ? signUp.receivedAt : new Date(payload.askedAt),
    reported: payload.reported,
  };
  const kind = payload.reported ? 'reported' : 'requested';
  const events: NewConsentEvent[] = [{ ...event, kind, detail: { ip, userAgent, wording } }];
  if (payload.tracking) {
    events.push({ ...event, kind: 'tracking_requested', detail: { ip, userAgent, wording: trackingWording } });
  }
  return events;
}
