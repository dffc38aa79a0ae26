import { randomUUID } from 'node:crypto';
import type { Situation } from './harness.js';
import { erasedPerson, signUp, waitingOptIn } from './people.js';

const perRun = 'it counts what this run deleted, for the operator who looks at the history';

export const housekeepingSituations: Situation[] = [
  {
    activity: 'deleteExpiredRows',
    when: 'rows are past their time and others are not',
    prepare: async (bench, account) => {
      await waitingOptIn(bench, account);
      const ofAccount = `account_id = $1`;
      await bench.age(`UPDATE outbox SET relayed_at = now() - interval '8 days' WHERE ${ofAccount}`, [account.id]);
      await bench.age(`UPDATE sign_ups SET decided_at = now() - interval '31 days' WHERE ${ofAccount}`, [account.id]);
      await bench.age(
        `INSERT INTO idempotency_keys (account_id, key, route, request_hash, created_at)
         SELECT $1, age, 'POST /v1/lists', '\\x00', now() - age::interval FROM unnest($2::text[]) AS ages (age)`,
        [account.id, ['2 days', '1 hour']],
      );
      await bench.age(
        `INSERT INTO mail_bounds (scope, day, mails) SELECT '\\x01', current_date - age, 1 FROM unnest($1::int[]) AS ages (age)`,
        [[9, 0]],
      );
      await signUp(bench, account, 'nora@people.example');
      return () => bench.housekeeping.deleteExpiredRows();
    },
    ends: (end) => {
      expect(end.result).toMatchObject({ outbox: 1, idempotency_keys: 1, mail_bounds: 1, sign_ups: 1 });
      expect(end.values('sign_ups', 'status')).toEqual(['received']);
      expect(end.of('outbox')).toHaveLength(1);
      expect(end.values('idempotency_keys', 'key')).toEqual(['1 hour']);
      expect(end.of('mail_bounds')).toHaveLength(1);
    },
    effects: ['transaction'],
    answerOfOneRun: perRun,
  },
  {
    activity: 'sweepOrphanKeys',
    when: 'keys of nobody stand beside keys of living rows',
    prepare: async (bench, account) => {
      await erasedPerson(bench, account);
      await account.contact();
      await signUp(bench, account, 'nora@people.example');
      for (const kind of ['contact', 'tombstone', 'pending', 'test_address'] as const) {
        await bench.keyring.create(account.id, kind, [randomUUID(), randomUUID()]);
      }
      await bench.age('UPDATE subject_keys SET created_at = now() - $1::interval', ['2 hours'], 'keyring');
      await bench.keyring.create(account.id, 'contact', [randomUUID()]);
      return () => bench.housekeeping.sweepOrphanKeys();
    },
    ends: (end) => {
      expect(end.result).toEqual({ destroyed: 8 });
      // The contact's, the tombstone's, the sign-up's, and a young one whose row may still follow.
      expect(end.keys).toEqual({ contact: 2, tombstone: 1, pending: 1 });
      expect(end.values('(opened)', 'opened')).not.toContain(null);
    },
    effects: ['destroy keys', 'destroy keys', 'destroy keys', 'destroy keys'],
    answerOfOneRun: perRun,
  },
];
