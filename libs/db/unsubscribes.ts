import { appendConsentEvents, type NewConsentEvent } from './consent-events.js';
import { lockContact } from './contacts.js';
import type { Tx } from './database.js';
import { endOptIn } from './opt-ins.js';
import { changeSubscription } from './subscriptions.js';

/**
 * Ends a contact's subscription to one list, or to all lists of the account (P12), with the evidence of it. A double
 * opt-in that is waiting for its answer on such a list ends too. Repeated, it changes nothing.
 * @param key the contact's key
 * @returns the sign-ups whose opt-ins ended: their workflows are to be told
 */
export async function unsubscribeContact(
  tx: Tx,
  key: Buffer,
  { accountId, contactId }: { accountId: string; contactId: string },
  scope: { listId: string } | 'all',
  source: string,
  evidence: Pick<NewConsentEvent, 'detail' | 'deliveryId' | 'reported'>,
): Promise<{ endedSignUpIds: string[] }> {
  await lockContact(tx, contactId);
  const lists = scope === 'all' ? await tx.subscription.findMany({ where: { contactId } }) : [scope];
  const events: NewConsentEvent[] = [];
  for (const { listId } of lists) {
    const { before, after } = await changeSubscription(tx, { accountId, contactId, listId }, 'unsubscribe', source);
    if (before === after) continue;
    const kind = scope === 'all' ? 'unsubscribed_all' : 'unsubscribed';
    events.push({ ...evidence, kind, channel: 'email', listId, occurredAt: new Date() });
  }
  if (events.length > 0) await appendConsentEvents(tx, key, accountId, contactId, events);
  const waiting = await tx.optIn.findMany({
    where: { contactId, status: 'awaiting', listId: { in: lists.map(({ listId }) => listId) } },
  });
  for (const optIn of waiting) await endOptIn(tx, optIn.id, 'ended');
  return { endedSignUpIds: waiting.map((optIn) => optIn.signUpId) };
}
