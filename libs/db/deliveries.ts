import type { Permission, SubscriptionStatus } from '../domain/consent.js';
import { type DeliveryKind, type DeliveryLane, type DeliveryState, laneOfKind, leaseMs } from '../domain/delivery.js';
import { marketingObstacle, optInMailObstacle, type SkipReason } from '../domain/eligibility.js';
import type { Tx } from './database.js';
import { currentTraceContext } from './trace-context.js';

export interface NewDelivery {
  accountId: string;
  kind: DeliveryKind;
  /** Names the intent: a second one with the same key is the same message. */
  dedupeKey: string;
  listId?: string;
  contactId?: string;
  optInId?: string;
  resubscriptionId?: string;
  testAddressId?: string;
  campaignId?: string;
  templateId?: string;
  templateVersion?: number;
  sandbox: boolean;
}

/** Writes an intended one-to-one message to the ledger. Returns its id, also when it stood there already. */
export async function queueDelivery(tx: Tx, delivery: NewDelivery): Promise<string> {
  await tx.delivery.createMany({
    data: [{ ...delivery, lane: laneOfKind[delivery.kind], traceContext: currentTraceContext() }],
    skipDuplicates: true,
  });
  const row = await tx.delivery.findUniqueOrThrow({
    where: { accountId_dedupeKey: { accountId: delivery.accountId, dedupeKey: delivery.dedupeKey } },
    select: { id: true },
  });
  return row.id;
}

export interface Claim {
  id: string;
  accountId: string;
  leaseEpoch: number;
}

/**
 * Leases due rows of a lane to `owner`, oldest first, over all accounts; rows that another lane is claiming are passed
 * over. Campaign rows are due only while their campaign is open. Runs as the role of delivery. The sub-select stands in
 * an array so that it runs once: as a semi-join the planner may run it again, past its limit.
 */
export async function claimDueDeliveries(tx: Tx, lane: DeliveryLane, owner: string, limit: number): Promise<Claim[]> {
  return tx.$queryRaw<Claim[]>`
    UPDATE deliveries SET state = 'claimed', lease_owner = ${owner}, lease_epoch = lease_epoch + 1,
           lease_expires_at = now() + ${leaseMs} * interval '1 millisecond'
    WHERE id = ANY (ARRAY(
      SELECT due.id FROM deliveries AS due
      WHERE due.lane = ${lane} AND due.state IN ('queued', 'deferred') AND due.not_before <= now()
        AND (due.campaign_id IS NULL OR due.kind = 'test'
             OR EXISTS (SELECT FROM campaigns WHERE campaigns.id = due.campaign_id AND campaigns.state = 'sending'))
      ORDER BY due.not_before LIMIT ${limit} FOR UPDATE SKIP LOCKED))
    RETURNING id, account_id AS "accountId", lease_epoch AS "leaseEpoch"`;
}

/**
 * Ends leases that ran out: what was only claimed returns to the queue, what was being handed over can no longer be
 * known (decision 5). Runs as the role of delivery.
 */
export async function endExpiredLeases(tx: Tx): Promise<{ returned: number; unknown: number }> {
  const returned = await tx.$executeRaw`
    UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_expires_at = NULL
    WHERE state = 'claimed' AND lease_expires_at < now()`;
  const unknown = await tx.$executeRaw`
    UPDATE deliveries SET state = 'unknown', settled_at = now(), lease_owner = NULL, lease_expires_at = NULL
    WHERE state = 'sending' AND lease_expires_at < now()`;
  return { returned, unknown };
}

/** What a claimed row needs to become a message. */
export interface ClaimedDelivery {
  id: string;
  kind: DeliveryKind;
  listId: string | null;
  campaignId: string | null;
  contactId: string | null;
  optInId: string | null;
  resubscriptionId: string | null;
  testAddressId: string | null;
  templateId: string | null;
  templateVersion: number | null;
  sandbox: boolean;
  attempts: number;
  createdAt: Date;
  /** The trace that the message belongs to (`traceparent`). */
  traceContext: string | null;
  contact: { envelopeSealed: Uint8Array; language: string | null; timeZone: string | null } | null;
}

/** The claimed rows of one account that `owner` still holds, with the sealed cards they go to. */
export async function loadClaimed(tx: Tx, owner: string, ids: string[]): Promise<ClaimedDelivery[]> {
  const rows = await tx.delivery.findMany({ where: { id: { in: ids }, state: 'claimed', leaseOwner: owner } });
  const contactIds = [...new Set(rows.flatMap((row) => row.contactId ?? []))];
  const contacts = await tx.contact.findMany({
    where: { id: { in: contactIds } },
    select: { id: true, envelopeSealed: true, language: true, timeZone: true },
  });
  const byId = new Map(contacts.map((contact) => [contact.id, contact]));
  return rows.map((row) => ({
    ...row,
    kind: row.kind as DeliveryKind,
    contact: row.contactId ? (byId.get(row.contactId) ?? null) : null,
  }));
}

interface SendingFacts {
  id: string;
  kind: DeliveryKind;
  campaignState: string | null;
  exists: boolean;
  erasing: boolean;
  restricted: boolean;
  objected: boolean;
  permission: Permission | 'none';
  subscription: SubscriptionStatus;
  suppressed: boolean;
  awaiting: boolean;
  verified: boolean;
}

export interface SendingDecision {
  /** Moved to `sending`: these and only these may be handed over now. */
  send: Set<string>;
  skipped: Map<string, SkipReason>;
}

/**
 * The moment of sending: decides eligibility again by the domain's rule and moves rows from `claimed` to `sending` or
 * `skipped`, in one transaction that locks what the decision rests on, so that an unsubscribe or an erasure either
 * commits before (and is obeyed) or waits these few milliseconds. A row whose lease was lost in the meantime, or whose
 * campaign was paused, is left out of both.
 * @param ids at most `sendingChunk`
 * @param composed those of them whose message is ready; the rest is skipped as not composable, or for a better reason
 */
export async function moveToSending(
  tx: Tx,
  owner: string,
  ids: string[],
  composed: ReadonlySet<string>,
): Promise<SendingDecision> {
  await tx.$queryRaw`
    SELECT contacts.id FROM contacts JOIN deliveries ON deliveries.contact_id = contacts.id
    WHERE deliveries.id = ANY(${ids}::uuid[]) ORDER BY contacts.id FOR SHARE OF contacts`;
  const facts = await tx.$queryRaw<SendingFacts[]>`
    SELECT d.id, d.kind, campaigns.state AS "campaignState", c.id IS NOT NULL AS "exists",
           c.erasing_at IS NOT NULL AS erasing, c.restricted_at IS NOT NULL AS restricted, c.objected_at IS NOT NULL AS objected,
           coalesce(channel.permission, 'none') AS permission, coalesce(s.status, 'none') AS subscription,
           EXISTS (SELECT FROM suppressions WHERE suppressions.channel = 'email'
                   AND suppressions.fingerprint = coalesce(channel.fingerprint, r.address_fingerprint)) AS suppressed,
           coalesce(o.status, r.status, '') = 'awaiting' AS awaiting,
           coalesce(t.verified_at IS NOT NULL, false) AS verified
    FROM deliveries AS d
    LEFT JOIN campaigns ON campaigns.id = d.campaign_id
    LEFT JOIN contacts AS c ON c.id = d.contact_id
    LEFT JOIN contact_channels AS channel ON channel.contact_id = d.contact_id AND channel.channel = 'email'
    LEFT JOIN subscriptions AS s ON s.contact_id = d.contact_id AND s.list_id = d.list_id
    LEFT JOIN opt_ins AS o ON o.id = d.opt_in_id
    LEFT JOIN resubscriptions AS r ON r.id = d.resubscription_id
    LEFT JOIN test_addresses AS t ON t.id = d.test_address_id
    WHERE d.id = ANY(${ids}::uuid[]) AND d.state = 'claimed' AND d.lease_owner = ${owner}
    FOR UPDATE OF d`;

  const skipped = new Map<string, SkipReason>();
  const ready: string[] = [];
  const paused: string[] = [];
  for (const fact of facts) {
    const obstacle = sendingObstacle(fact);
    if (obstacle) skipped.set(fact.id, obstacle);
    else if (!composed.has(fact.id)) skipped.set(fact.id, 'not_composable');
    else if (fact.kind === 'campaign' && fact.campaignState === 'paused') paused.push(fact.id);
    else ready.push(fact.id);
  }
  if (paused.length > 0) await returnToQueue(tx, owner, paused);
  for (const [reason, rows] of groupByReason(skipped)) {
    await tx.$executeRaw`
      UPDATE deliveries SET state = 'skipped', skip_reason = ${reason}, settled_at = now(), lease_owner = NULL, lease_expires_at = NULL
      WHERE id = ANY(${rows}::uuid[])`;
  }
  const moved = await tx.$queryRaw<{ id: string }[]>`
    UPDATE deliveries SET state = 'sending', sending_at = now(), attempts = attempts + 1
    WHERE id = ANY(${ready}::uuid[]) AND state = 'claimed' AND lease_owner = ${owner} AND lease_expires_at > now()
    RETURNING id`;
  return { send: new Set(moved.map((row) => row.id)), skipped };
}

/** Gives claimed rows back: the lane stops, or their campaign was paused. */
export async function returnToQueue(tx: Tx, owner: string, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_expires_at = NULL
    WHERE id = ANY(${ids}::uuid[]) AND state = 'claimed' AND lease_owner = ${owner}`;
}

/** Gives back everything that a lane has claimed and not begun to hand over. Runs as the role of delivery. */
export async function returnAllToQueue(tx: Tx, owner: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE deliveries SET state = 'queued', lease_owner = NULL, lease_expires_at = NULL
    WHERE lease_owner = ${owner} AND state = 'claimed'`;
}

/** How a message that was handed over ended. */
export interface Settlement {
  id: string;
  state: Extract<DeliveryState, 'sent' | 'deferred' | 'failed' | 'unknown'>;
  replyCode: number | null;
  /** Enhanced status code (RFC 3463). */
  replyStatus: string | null;
  /** When a deferred message is tried again. */
  notBefore: Date | null;
}

/** Writes the ends of a chunk in one statement. Only rows that are still `sending` for `owner` are settled. */
export async function settleDeliveries(tx: Tx, owner: string, settlements: Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await tx.$executeRaw`
    UPDATE deliveries AS d SET state = s.state, reply_code = s."replyCode", reply_status = s."replyStatus",
           not_before = coalesce(s."notBefore", d.not_before), lease_owner = NULL, lease_expires_at = NULL,
           settled_at = CASE WHEN s.state = 'deferred' THEN NULL ELSE now() END
    FROM jsonb_to_recordset(${JSON.stringify(settlements)}::jsonb)
         AS s (id uuid, state text, "replyCode" int, "replyStatus" text, "notBefore" timestamptz)
    WHERE d.id = s.id AND d.state = 'sending' AND d.lease_owner = ${owner}`;
}

/** Totals of a campaign in the ledger. They stay right after an erasure: rows are unlinked, not deleted. */
export async function countCampaign(
  tx: Tx,
  campaignId: string,
): Promise<{ states: Partial<Record<DeliveryState, number>>; skipped: Partial<Record<SkipReason, number>> }> {
  const rows = await tx.$queryRaw<{ state: DeliveryState; reason: SkipReason | null; count: number }[]>`
    SELECT state, skip_reason AS reason, count(*)::int AS count FROM deliveries
    WHERE campaign_id = ${campaignId}::uuid AND kind = 'campaign' GROUP BY state, skip_reason`;
  const states: Partial<Record<DeliveryState, number>> = {};
  const skipped: Partial<Record<SkipReason, number>> = {};
  for (const row of rows) {
    states[row.state] = (states[row.state] ?? 0) + row.count;
    if (row.reason) skipped[row.reason] = row.count;
  }
  return { states, skipped };
}

function sendingObstacle(fact: SendingFacts): SkipReason | null {
  switch (fact.kind) {
    case 'campaign':
      return marketingObstacle({
        ...fact,
        campaignOpen: fact.campaignState === 'sending' || fact.campaignState === 'paused',
      });
    case 'confirmation':
    case 'confirmation_reminder':
    case 'resubscription':
      return optInMailObstacle(fact);
    case 'test':
      return fact.verified ? null : 'address_unverified';
    case 'address_verification':
      return null;
  }
}

function groupByReason(skipped: Map<string, SkipReason>): Map<SkipReason, string[]> {
  const groups = new Map<SkipReason, string[]>();
  for (const [id, reason] of skipped) groups.set(reason, [...(groups.get(reason) ?? []), id]);
  return groups;
}
