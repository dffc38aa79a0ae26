import type { LedgerAccount } from '../../support/ledger-account.js';
import type { End, Situation } from './harness.js';
import { askedErasure, contactWith, erasedPerson, signUp, waitingOptIn } from './people.js';
import type { Workbench } from './workbench.js';

const candidateKeys = ['create contact key', 'create pending key'];
const spareKeys = 'destroy keys';
const signUpKey = 'destroy keys';
const decided = [...candidateKeys, 'transaction', spareKeys, signUpKey];

/** What is decided is written on the sign-up, what was typed is gone, and what opens still opens. */
function isDecided(end: End, outcome: string, keys: Record<string, number>): void {
  expect(end.of('sign_ups').at(-1)).toMatchObject({ status: 'decided', payload_sealed: null });
  expect(end.values('sign_ups', 'outcome')).toContain(outcome);
  expect(end.keys).toEqual(keys);
  expect(end.values('(opened)', 'opened')).not.toContain(null);
  expect(end.values('(evidence)', 'intact')).not.toContain(false);
}

function deciding(
  when: string,
  before: (bench: Workbench, account: LedgerAccount) => Promise<string | undefined>,
  ends: (end: End) => void,
): Situation {
  return {
    activity: 'decideSignUp',
    when,
    prepare: async (bench, account) => {
      const email = await before(bench, account);
      const signUpId = await signUp(bench, account, email);
      return () => bench.consent.decideSignUp({ accountId: account.id, signUpId });
    },
    ends,
    effects: decided,
  };
}

const nothingFor = (reason: string) => (end: End) => {
  isDecided(end, reason, { contact: 1 });
  expect(end.result).toEqual({ kind: 'nothing' });
  expect(end.of('opt_ins')).toEqual([]);
};

export const signUpSituations: Situation[] = [
  deciding(
    'the address is new',
    async () => undefined,
    (end) => {
      isDecided(end, 'opt_in', { contact: 1 });
      expect(end.result).toMatchObject({ kind: 'opt_in' });
      expect(end.of('contacts')).toHaveLength(1);
      expect(end.of('opt_ins')).toHaveLength(1);
      expect(end.values('(evidence)', 'kinds')).toEqual([['requested', 'tracking_requested']]);
    },
  ),
  deciding(
    'the address waits for its confirmation',
    async (bench, account) => void (await waitingOptIn(bench, account)),
    (end) => {
      isDecided(end, 'resend', { contact: 1 });
      expect(end.result).toEqual({ kind: 'resend' });
      expect(end.of('opt_ins')).toHaveLength(1);
      expect(end.values('outbox', 'command').filter((command) => command === 'signal')).toHaveLength(1);
    },
  ),
  deciding(
    'the contact is subscribed',
    async (_bench, account) => (await contactWith(account, {})).email,
    nothingFor('already_subscribed'),
  ),
  deciding(
    'the contact has unsubscribed',
    async (_bench, account) => (await contactWith(account, { subscription: 'unsubscribed' })).email,
    (end) => {
      isDecided(end, 'opt_in', { contact: 1 });
      expect(end.values('subscriptions', 'status')).toEqual(['pending']);
      expect(end.of('opt_ins')).toHaveLength(1);
    },
  ),
  deciding(
    'the address is suppressed',
    async (_bench, account) => (await contactWith(account, { suppressed: true })).email,
    nothingFor('suppressed'),
  ),
  deciding(
    'the contact is restricted',
    async (_bench, account) => (await contactWith(account, { restricted: true })).email,
    nothingFor('restricted'),
  ),
  deciding(
    'the person has said "this was not me"',
    async (_bench, account) => {
      const { contactId, email } = await contactWith(account, { subscription: 'unsubscribed' });
      const id = await account.optIn(contactId, 'rejected');
      await account.run((tx) => tx.optIn.update({ where: { id }, data: { endedAt: new Date() } }));
      return email;
    },
    (end) => {
      isDecided(end, 'rejected_recently', { contact: 1 });
      expect(end.of('opt_ins')).toHaveLength(1);
    },
  ),
  {
    ...deciding(
      'the person was erased',
      async (bench, account) => void (await erasedPerson(bench, account)),
      (end) => {
        isDecided(end, 'resubscribe', { tombstone: 1, pending: 1 });
        expect(end.result).toEqual({ kind: 'resubscribe' });
        expect(end.of('contacts')).toEqual([]);
        expect(end.values('resubscriptions', 'status')).toEqual(['awaiting']);
        expect(end.values('outbox', 'workflow_type')).toContain('resubscription');
      },
    ),
  },
  deciding(
    'the person was erased and has been offered the way back',
    async (bench, account) => {
      await erasedPerson(bench, account);
      const signUpId = await signUp(bench, account);
      await bench.consent.decideSignUp({ accountId: account.id, signUpId });
      return undefined;
    },
    (end) => {
      isDecided(end, 'resubscription_too_soon', { tombstone: 1, pending: 1 });
      expect(end.of('resubscriptions')).toHaveLength(1);
    },
  ),
  deciding(
    'the erasure of the contact is under way',
    async (bench, account) => {
      const { contactId, email } = await contactWith(account, {});
      await askedErasure(bench, account, contactId);
      return email;
    },
    (end) => {
      isDecided(end, 'resubscription_too_soon', { contact: 1 });
      expect(end.of('opt_ins')).toEqual([]);
      expect(end.of('resubscriptions')).toEqual([]);
    },
  ),
  {
    activity: 'decideSignUp',
    when: 'the sign-up has been decided',
    prepare: async (bench, account) => {
      const signUpId = await signUp(bench, account);
      const run = () => bench.consent.decideSignUp({ accountId: account.id, signUpId });
      await run();
      return run;
    },
    ends: (end) => isDecided(end, 'opt_in', { contact: 1 }),
    effects: [],
  },
];
