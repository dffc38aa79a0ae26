import type { TransitionTable } from './transition.js';

/** The ledger (decision 5). */
export const deliveryStates = [
  'queued',
  'claimed',
  'sending',
  'sent',
  'deferred',
  'failed',
  'skipped',
  'unknown',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * claim: a lane leases the row. release: the lease ended or was given back. skip: eligibility said no. send: the message
 * is about to be handed over. accept, defer, refuse: the server's answer. lose: no answer can be known any more.
 */
export type DeliveryEvent = 'claim' | 'release' | 'skip' | 'send' | 'accept' | 'defer' | 'refuse' | 'lose';

export const deliveryTransitions: TransitionTable<DeliveryState, DeliveryEvent> = {
  queued: { claim: 'claimed', skip: 'skipped' },
  claimed: { release: 'queued', skip: 'skipped', send: 'sending' },
  sending: { accept: 'sent', defer: 'deferred', refuse: 'failed', lose: 'unknown' },
  deferred: { claim: 'claimed', skip: 'skipped' },
  sent: {},
  failed: {},
  skipped: {},
  unknown: {},
};

/** States in which nothing will happen to a row any more. */
export const settledStates = deliveryStates.filter((state) => Object.keys(deliveryTransitions[state]).length === 0);

export const deliveryLanes = ['one_to_one', 'campaign'] as const;
export type DeliveryLane = (typeof deliveryLanes)[number];

export const deliveryKinds = [
  'campaign',
  'test',
  'confirmation',
  'confirmation_reminder',
  'resubscription',
  'address_verification',
] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

export const laneOfKind: Readonly<Record<DeliveryKind, DeliveryLane>> = {
  campaign: 'campaign',
  test: 'one_to_one',
  confirmation: 'one_to_one',
  confirmation_reminder: 'one_to_one',
  resubscription: 'one_to_one',
  address_verification: 'one_to_one',
};

/**
 * When a deferred message is tried again: at least 30 minutes apart, given up after 5 days (RFC 5321, 4.5.4.1).
 * `afterMs[n]` is the pause after attempt n+1; the last one repeats.
 */
export const retryPolicy = {
  afterMs: [30 * 60_000, 60 * 60_000, 2 * 60 * 60_000, 4 * 60 * 60_000, 8 * 60 * 60_000],
  giveUpAfterMs: 5 * 24 * 60 * 60_000,
} as const;

/**
 * The next attempt after `attempts` tries, or null when it is time to give up.
 * @param attempts how many were made, 1 or more
 * @param createdAt, now milliseconds since the epoch
 */
export function nextAttempt(attempts: number, createdAt: number, now: number): number | null {
  const pause = retryPolicy.afterMs[Math.min(attempts, retryPolicy.afterMs.length) - 1] ?? retryPolicy.afterMs[0];
  const at = now + pause;
  return at - createdAt > retryPolicy.giveUpAfterMs ? null : at;
}

/** At most this many messages move from claimed to sending in one statement: the most a killed process leaves unknown. */
export const sendingChunk = 100;

/** How long a lane owns what it claimed. A message is started only while this much of it is left: `leaseMarginMs`. */
export const leaseMs = 120_000;
export const leaseMarginMs = 60_000;
