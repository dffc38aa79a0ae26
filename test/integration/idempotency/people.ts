import type { ErasureReference } from '../../../activities/erasure.activities.js';
import { ErasuresService } from '../../../apps/api/erasures/erasures.service.js';
import { SignUps } from '../../../apps/api/opt-ins/sign-ups.service.js';
import { TombstonesService } from '../../../apps/api/tombstones/tombstones.service.js';
import type { ContactSituation, LedgerAccount } from '../../support/ledger-account.js';
import type { Workbench } from './workbench.js';

// What people and staff did before the activity of a situation runs: the API's own services, and the activities.

export const person = { email: 'mona@people.example', ip: '203.0.113.7' };

/** Somebody filled in the form of the account's list. */
export async function signUp(bench: Workbench, account: LedgerAccount, email = person.email): Promise<string> {
  const payload = {
    email,
    firstName: 'Mona',
    language: 'en',
    tracking: true,
    ip: person.ip,
    wording: 'Send me news.',
    trackingWording: 'Measure what I open.',
    source: 'Form' as const,
    reported: false,
  };
  const incoming = { accountId: account.id, listId: account.listId, sandbox: false, payload };
  return (await new SignUps(bench.db, bench.keyring).receive(incoming)).signUpId;
}

/** A sign-up that waits for its confirmation. */
export async function waitingOptIn(bench: Workbench, account: LedgerAccount) {
  const signUpId = await signUp(bench, account);
  const decided = await bench.consent.decideSignUp({ accountId: account.id, signUpId });
  if (decided.kind !== 'opt_in') throw new Error(`it led to ${decided.kind}`);
  const { contactId } = await account.run((tx) => tx.optIn.findUniqueOrThrow({ where: { id: decided.optInId } }));
  return { accountId: account.id, optInId: decided.optInId, contactId };
}

/** A contact as it stands, and its address. */
export async function contactWith(account: LedgerAccount, situation: ContactSituation) {
  const contactId = await account.contact(situation);
  return { contactId, email: `${contactId}@example.com` };
}

/** Staff asked for the erasure of a contact, with the person's IP; nothing of it is done yet. */
export async function askedErasure(bench: Workbench, account: LedgerAccount, contactId: string) {
  const asked = { contact_id: contactId, requested_by: 'person' as const, requester_ip: '203.0.113.9' };
  const { id } = await new ErasuresService(bench.db, bench.keyring).request(account.id, asked);
  return { accountId: account.id, erasureId: id, contactId } satisfies ErasureReference;
}

/** What an erasure is made for: a contact with evidence, a subscription, mail in the queue, and its request. */
export async function contactToErase(bench: Workbench, account: LedgerAccount): Promise<ErasureReference> {
  const optIn = await waitingOptIn(bench, account);
  await bench.consent.queueOptInMail({ ...optIn, kind: 'confirmation', number: 0 });
  return askedErasure(bench, account, optIn.contactId);
}

const steps = ['stopSends', 'writeTombstone', 'endWorkflows', 'deleteRows', 'destroyKey'] as const;

/** Takes an erasure through its steps, before `next`. */
export async function eraseUntil(bench: Workbench, erasure: ErasureReference, next: (typeof steps)[number] | 'verify') {
  let deleted: Record<string, number> = {};
  for (const step of steps) {
    if (step === next) break;
    const answer = await bench.erasure[step](erasure);
    if (step === 'deleteRows') deleted = answer as Record<string, number>;
  }
  return deleted;
}

/** A person who was a contact, was erased, and left a tombstone. */
export async function erasedPerson(bench: Workbench, account: LedgerAccount): Promise<ErasureReference> {
  const erasure = await contactToErase(bench, account);
  const deleted = await eraseUntil(bench, erasure, 'verify');
  const verification = await bench.erasure.verifyErasure(erasure);
  await bench.erasure.certify({ ...erasure, deleted, verification });
  return erasure;
}

/** Staff offered an erased person the way back. */
export async function offeredResubscription(bench: Workbench, account: LedgerAccount) {
  const { erasureId } = await erasedPerson(bench, account);
  const tombstone = await account.run((tx) => tx.tombstone.findUniqueOrThrow({ where: { erasureId } }));
  const asked = { email: person.email, list_ids: [account.listId], how_asked: 'by phone' };
  const service = new TombstonesService(bench.db, bench.keyring);
  const { id } = await service.resubscribe(account.id, tombstone.id, asked, false);
  return { accountId: account.id, resubscriptionId: id };
}
