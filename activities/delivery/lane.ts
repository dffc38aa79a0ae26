import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import type { Database } from '../../libs/db/database.js';
import {
  type Claim,
  claimDueDeliveries,
  endExpiredLeases,
  loadClaimed,
  moveToSending,
  returnAllToQueue,
  returnToQueue,
  type Settlement,
  settleDeliveries,
} from '../../libs/db/deliveries.js';
import type { WakeUps } from '../../libs/db/wake-ups.js';
import { type DeliveryLane, leaseMarginMs, leaseMs, nextAttempt, sendingChunk } from '../../libs/domain/delivery.js';
import { describeError, type Logger } from '../../libs/log/log.js';
import type { ComposedMessage } from '../../libs/mail/message.js';
import type { Sender, SendOutcome } from '../../libs/mail/transport.js';
import type { Keyring } from '../../libs/privacy/keyring.js';
import { deliveryOutcomes, endedLeases } from '../../libs/telemetry/metrics.js';
import { continuing, inSpan } from '../../libs/telemetry/traces.js';
import { isContentProblem, type MessageComposer } from './message-composer.js';
import { loadContent } from './message-content.js';

export interface LaneParts {
  db: Database;
  keyring: Keyring;
  composer: MessageComposer;
  wakeUps: WakeUps;
  log: Logger;
  /** Live mail, and mail of test keys. */
  senders: { live: Sender; sandbox: Sender };
}

/** How often leases that ran out are looked for, in milliseconds. */
const sweepEveryMs = 5_000;
const longestIdleMs = 1_000;
/** Pause after the database did not answer, in milliseconds. */
const troublePauseMs = 1_000;

interface ReadyMessage {
  message: ComposedMessage;
  sandbox: boolean;
  attempts: number;
  createdAt: Date;
  traceContext: string | null;
}

/**
 * One lane (decision 6): claims due rows, composes, decides once more at the moment of sending, hands over, settles. It
 * owns nothing that it cannot lose: after a crash claimed rows return to the queue, and only what was being handed over
 * becomes unknown.
 */
export class Lane {
  #sweptAt = 0;
  #troubled = false;

  constructor(
    private readonly parts: LaneParts,
    private readonly lane: DeliveryLane,
    private readonly owner: string,
  ) {}

  /** Runs until `stopped` says so; what was claimed by then is finished. */
  async run(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      try {
        if (this.#troubled) await this.#letGo();
        await this.#sweep();
        const claims = await this.parts.db.forSystem('delivery', (tx) =>
          claimDueDeliveries(tx, this.lane, this.owner, sendingChunk),
        );
        if (claims.length === 0) await this.parts.wakeUps.wait(longestIdleMs);
        else await this.#deliver(claims);
      } catch (error) {
        this.parts.log.warn({ lane: this.lane, ...describeError(error) }, 'the lane met trouble and goes on');
        this.#troubled = true;
        await pause(troublePauseMs);
      }
    }
  }

  /** What it claimed when the trouble came would otherwise wait for the end of its lease. */
  async #letGo(): Promise<void> {
    await this.parts.db.forSystem('delivery', (tx) => returnAllToQueue(tx, this.owner));
    this.#troubled = false;
  }

  async #sweep(): Promise<void> {
    if (Date.now() - this.#sweptAt < sweepEveryMs) return;
    const ended = await this.parts.db.forSystem('delivery', endExpiredLeases);
    this.#sweptAt = Date.now();
    endedLeases.inc({ became: 'queued' }, ended.returned);
    endedLeases.inc({ became: 'unknown' }, ended.unknown);
    if (ended.returned + ended.unknown > 0) this.parts.log.warn({ ...ended }, 'leases ran out');
  }

  async #deliver(claims: Claim[]): Promise<void> {
    const startBefore = Date.now() + leaseMs - leaseMarginMs;
    const accounts = new Map<string, string[]>();
    for (const claim of claims) accounts.set(claim.accountId, [...(accounts.get(claim.accountId) ?? []), claim.id]);
    const ends = await Promise.allSettled(
      [...accounts].map(([accountId, ids]) => this.#deliverAccount(accountId, ids, startBefore)),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #deliverAccount(accountId: string, ids: string[], startBefore: number): Promise<void> {
    const ready = await this.#compose(accountId, ids);
    if (Date.now() > startBefore) {
      await this.parts.db.forAccount(accountId, (tx) => returnToQueue(tx, this.owner, ids));
      return;
    }
    const { send, skipped } = await this.parts.db.forAccount(accountId, (tx) =>
      moveToSending(tx, this.owner, ids, new Set(ready.keys())),
    );
    const settlements = await Promise.all(
      [...send].map(async (id) => {
        const { message, sandbox, attempts, createdAt, traceContext } = ready.get(id)!;
        const sender = sandbox ? this.parts.senders.sandbox : this.parts.senders.live;
        const outcome = await this.#handOverTraced(id, traceContext, () => this.#handOver(sender, message));
        return settlementOf(id, outcome, attempts + 1, createdAt);
      }),
    );
    await this.#settle(accountId, settlements);
    deliveryOutcomes.inc({ lane: this.lane, outcome: 'skipped' }, skipped.size);
    for (const { state } of settlements) deliveryOutcomes.inc({ lane: this.lane, outcome: state });
  }

  async #compose(accountId: string, ids: string[]): Promise<Map<string, ReadyMessage>> {
    const { db, keyring, composer } = this.parts;
    const { rows, content } = await db.forAccount(accountId, async (tx) => {
      const claimed = await loadClaimed(tx, this.owner, ids);
      return { rows: claimed, content: await loadContent(tx, accountId, claimed) };
    });
    const subjects = rows.flatMap((row) => row.contactId ?? row.resubscriptionId ?? row.testAddressId ?? []);
    const keys = await keyring.many(accountId, [...new Set(subjects)]);
    const ready = new Map<string, ReadyMessage>();
    for (const row of rows) {
      try {
        const message = await composer.compose(accountId, row, content, keys);
        if (message)
          ready.set(row.id, {
            message,
            sandbox: row.sandbox,
            attempts: row.attempts,
            createdAt: row.createdAt,
            traceContext: row.traceContext,
          });
      } catch (error) {
        if (!isContentProblem(error)) throw error;
        this.parts.log.warn({ delivery: row.id, ...describeError(error) }, 'a message cannot be composed');
      }
    }
    return ready;
  }

  /** The span of a hand-over belongs to the trace of whoever caused the message; it says how it ended, not to whom. */
  #handOverTraced(id: string, traceContext: string | null, work: () => Promise<SendOutcome>): Promise<SendOutcome> {
    if (!traceContext) return work();
    const attributes = { 'assent.delivery': id, 'assent.lane': this.lane };
    return continuing(traceContext, () =>
      inSpan('smtp send', SpanKind.CLIENT, attributes, async (span) => {
        const outcome = await work();
        span.setAttribute('assent.outcome', outcome.kind);
        return outcome;
      }),
    );
  }

  /** An exception here is none of the outcomes a server can cause: the message may have gone out, so it is not known. */
  async #handOver(sender: Sender, message: ComposedMessage): Promise<SendOutcome> {
    try {
      return await sender.send(message);
    } catch (error) {
      this.parts.log.error({ ...describeError(error) }, 'handing over a message failed');
      return { kind: 'unknown', reason: 'connection_lost' };
    }
  }

  /** Keeps the outcomes in memory while PostgreSQL is away: an answer that was given must not be lost (decision 5). */
  async #settle(accountId: string, settlements: Settlement[]): Promise<void> {
    for (;;) {
      try {
        await this.parts.db.forAccount(accountId, (tx) => settleDeliveries(tx, this.owner, settlements));
        return;
      } catch (error) {
        this.parts.log.warn(
          { outcomes: settlements.length, ...describeError(error) },
          'outcomes wait for the database',
        );
        await pause(troublePauseMs);
      }
    }
  }
}

function settlementOf(id: string, outcome: SendOutcome, attempts: number, createdAt: Date): Settlement {
  const plain = { id, replyCode: null, replyStatus: null, notBefore: null };
  switch (outcome.kind) {
    case 'sent':
      return { ...plain, state: 'sent', replyCode: outcome.code };
    case 'failed':
      return { ...plain, state: 'failed', replyCode: outcome.code, replyStatus: outcome.status ?? null };
    case 'unknown':
      return { ...plain, state: 'unknown' };
    case 'deferred': {
      const cause = outcome.reason === 'reply' ? 'destination' : 'relay';
      const at = nextAttempt(attempts, createdAt.getTime(), Date.now(), cause);
      const reply = { replyCode: outcome.code ?? null, replyStatus: outcome.status ?? outcome.reason };
      return at === null
        ? { ...plain, ...reply, state: 'failed' }
        : { ...plain, ...reply, state: 'deferred', notBefore: new Date(at) };
    }
  }
}
