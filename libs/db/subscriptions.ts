import { type SubscriptionEvent, type SubscriptionStatus, subscriptionTransitions } from '../domain/consent.js';
import { nextState } from '../domain/transition.js';
import type { Tx } from './database.js';

export interface SubscriptionChange {
  before: SubscriptionStatus;
  after: SubscriptionStatus;
}

/**
 * Applies an event to a contact's subscription by the domain's table. The row is locked against a message that is being
 * decided at the same time. An event that the table refuses changes nothing: `after` is then `before`.
 */
export async function changeSubscription(
  tx: Tx,
  ids: { accountId: string; contactId: string; listId: string },
  event: SubscriptionEvent,
  source: string,
): Promise<SubscriptionChange> {
  const [row] = await tx.$queryRaw<{ status: SubscriptionStatus }[]>`
    SELECT status FROM subscriptions WHERE contact_id = ${ids.contactId}::uuid AND list_id = ${ids.listId}::uuid FOR UPDATE`;
  const before = row?.status ?? 'none';
  const after = nextState(subscriptionTransitions, before, event) ?? before;
  if (after === before) return { before, after };
  if (row === undefined) {
    await tx.subscription.create({ data: { ...ids, status: after, source } });
  } else {
    await tx.subscription.update({
      where: { contactId_listId: { contactId: ids.contactId, listId: ids.listId } },
      data: { status: after, source, changedAt: new Date() },
    });
  }
  return { before, after };
}
