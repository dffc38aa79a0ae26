import type { OptInStatus } from '../../../libs/domain/opt-in.js';
import type { Situation } from './harness.js';
import { offeredResubscription, waitingOptIn } from './people.js';

const mail = (kind: 'confirmation' | 'confirmation_reminder', number: number) => ({ kind, number });

/** An opt-in whose end committed before the activity came to it. */
const answeredAs = (status: OptInStatus) => ({ status, endedAt: new Date() });

export const consentSituations: Situation[] = [
  {
    activity: 'queueOptInMail',
    when: 'the confirmation is due',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      return () => bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 0) });
    },
    ends: (end) => {
      expect(end.result).toEqual({ queued: true });
      expect(end.values('deliveries', 'kind')).toEqual(['confirmation']);
      expect(end.values('opt_ins', 'mails_queued')).toEqual([1]);
      // On the list, and over all accounts.
      expect(end.values('mail_bounds', 'mails')).toEqual([1, 1]);
      expect(end.values('(evidence)', 'kinds')).toEqual([['requested', 'tracking_requested', 'confirmation_sent']]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'queueOptInMail',
    when: 'a reminder is due',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      await bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 0) });
      return () => bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation_reminder', 1) });
    },
    ends: (end) => {
      expect(end.values('deliveries', 'kind').sort()).toEqual(['confirmation', 'confirmation_reminder']);
      expect(end.values('opt_ins', 'mails_queued')).toEqual([2]);
      expect(end.values('mail_bounds', 'mails')).toEqual([1, 1]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'queueOptInMail',
    when: 'the address has had its mail of the day for this list',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      await bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 0) });
      return () => bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 1) });
    },
    ends: (end) => {
      expect(end.result).toEqual({ queued: false });
      expect(end.of('deliveries')).toHaveLength(1);
      expect(end.values('mail_bounds', 'mails')).toEqual([1, 1]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'queueOptInMail',
    when: 'the address has had its mails of the day over all accounts',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      await bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 0) });
      await bench.age('UPDATE mail_bounds SET mails = 3 WHERE mails = $1', [1]);
      // Another list: its own count is free, the one over all accounts is used up.
      const { brandId } = await account.run((tx) => tx.list.findUniqueOrThrow({ where: { id: account.listId } }));
      const fields = { accountId: account.id, brandId, name: 'Offers', purpose: 'Offers', reminderAfterSeconds: [] };
      const { id: listId } = await account.run((tx) => tx.list.create({ data: fields }));
      await account.run((tx) => tx.optIn.update({ where: { id: optIn.optInId }, data: { listId } }));
      return () => bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation', 1) });
    },
    ends: (end) => {
      expect(end.result).toEqual({ queued: false });
      expect(end.of('deliveries')).toHaveLength(1);
      expect(end.values('mail_bounds', 'mails').sort()).toEqual([0, 3, 3]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'queueOptInMail',
    when: 'the person has answered',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      await account.run((tx) => tx.optIn.update({ where: { id: optIn.optInId }, data: answeredAs('confirmed') }));
      return () => bench.consent.queueOptInMail({ ...optIn, ...mail('confirmation_reminder', 0) });
    },
    ends: (end) => {
      expect(end.result).toEqual({ queued: false });
      expect(end.of('deliveries')).toEqual([]);
    },
    effects: [],
  },
  {
    activity: 'expireOptIn',
    when: 'nobody has answered',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      return () => bench.consent.expireOptIn(optIn);
    },
    ends: (end) => {
      expect(end.result).toBe('expired');
      expect(end.values('opt_ins', 'status')).toEqual(['expired']);
      expect(end.values('subscriptions', 'status')).toEqual(['expired']);
      expect(end.values('(evidence)', 'kinds')).toEqual([['requested', 'tracking_requested', 'expired']]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'expireOptIn',
    when: 'the person has confirmed',
    prepare: async (bench, account) => {
      const optIn = await waitingOptIn(bench, account);
      await account.run((tx) => tx.optIn.update({ where: { id: optIn.optInId }, data: answeredAs('confirmed') }));
      return () => bench.consent.expireOptIn(optIn);
    },
    ends: (end) => {
      expect(end.result).toBe('confirmed');
      expect(end.values('opt_ins', 'status')).toEqual(['confirmed']);
    },
    effects: ['transaction'],
  },
  {
    activity: 'queueResubscriptionMail',
    when: 'the way back was offered',
    prepare: async (bench, account) => {
      const resubscription = await offeredResubscription(bench, account);
      return () => bench.consent.queueResubscriptionMail(resubscription);
    },
    ends: (end) => expect(end.values('deliveries', 'kind')).toContain('resubscription'),
    effects: ['transaction'],
  },
  {
    activity: 'expireResubscription',
    when: 'nobody has answered',
    prepare: async (bench, account) => {
      const resubscription = await offeredResubscription(bench, account);
      return () => bench.consent.expireResubscription(resubscription);
    },
    ends: (end) => {
      expect(end.result).toBe('expired');
      expect(end.of('resubscriptions')).toEqual([expect.objectContaining({ status: 'expired', pending_sealed: null })]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'expireResubscription',
    when: 'the person has said "this was not me"',
    prepare: async (bench, account) => {
      const resubscriptionId = await account.resubscription('rejected');
      return () => bench.consent.expireResubscription({ accountId: account.id, resubscriptionId });
    },
    ends: (end) => expect(end.result).toBe('rejected'),
    effects: ['transaction'],
  },
  {
    activity: 'forgetPendingAddress',
    when: 'the way back is over',
    prepare: async (bench, account) => {
      const resubscription = await offeredResubscription(bench, account);
      await bench.consent.expireResubscription(resubscription);
      return () => bench.consent.forgetPendingAddress(resubscription);
    },
    ends: (end) => expect(end.keys).toEqual({ tombstone: 1 }),
    effects: ['destroy keys'],
  },
];
