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

/**
 * Whether a ledger holds fewer settled rows of a campaign than were counted before. Settled rows stay settled, so this is
 * an older database that was put back.
 */
export function isLedgerBehind(
  now: Partial<Record<DeliveryState, number>>,
  before: Partial<Record<DeliveryState, number>>,
): boolean {
  return settledStates.some((state) => (now[state] ?? 0) < (before[state] ?? 0));
}

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
 * When a deferred message is tried again. A destination's own refusal: at least 30 minutes apart, given up after 5 days
 * (RFC 5321, 4.5.4.1). A relay of ours that does not answer is no destination: it is tried again within a minute.
 * `[cause][n]` is the pause in milliseconds after attempt n+1; the last one repeats.
 */
export const retryPolicy = {
  destination: [30 * 60_000, 60 * 60_000, 2 * 60 * 60_000, 4 * 60 * 60_000, 8 * 60 * 60_000],
  relay: [2_000, 5_000, 15_000, 30_000, 60_000],
  giveUpAfterMs: 5 * 24 * 60 * 60_000,
} as const;

/**
 * The next attempt after `attempts` tries, or null when it is time to give up.
 * @param attempts how many were made, 1 or more
 * @param createdAt, now milliseconds since the epoch
 */
export function nextAttempt(
  attempts: number,
  createdAt: number,
  now: number,
  cause: 'destination' | 'relay',
): number | null {
  const pauses = retryPolicy[cause];
  const at = now + pauses[Math.min(Math.max(attempts, 1), pauses.length) - 1]!;
  return at - createdAt > retryPolicy.giveUpAfterMs ? null : at;
}

/** At most this many messages move from claimed to sending in one statement: the most a killed process leaves unknown. */
export const sendingChunk = 100;

/**
 * How long a lane owns what it claimed, in milliseconds. A message is started only while `leaseMarginMs` of it are left,
 * and a server's reply is awaited for less than that, so that no attempt outlives its lease.
 */
export const leaseMs = 120_000;
export const leaseMarginMs = 70_000;
export const replyTimeoutMs = 60_000;
