import type { Situation } from './harness.js';
import { contactToErase, erasedPerson, eraseUntil } from './people.js';

export const erasureSituations: Situation[] = [
  {
    activity: 'endWorkflows',
    when: 'two workflows of the contact run',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await account.run((tx) => tx.execution.deleteMany({ where: { contactId: erasure.contactId } }));
      for (let count = 0; count < 2; count += 1) await bench.startWorkflow(account.id, erasure.contactId);
      return () => bench.erasure.endWorkflows(erasure);
    },
    ends: (end) => {
      expect(end.result).toEqual({ ended: 2 });
      expect(end.values('(workflow)', 'running')).toEqual([false, false]);
      expect(end.of('executions').filter((row) => row.contact_id && !row.deleted_at)).toEqual([]);
    },
    effects: ['delete workflow', 'transaction', 'delete workflow', 'transaction'],
    answerOfOneRun: 'it counts what this run ended, for the operator who looks at the history',
  },
  {
    activity: 'stopSends',
    when: 'one message waits and one is being handed over',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await account.deliveries(1, { kind: 'confirmation_reminder', contactId: erasure.contactId, state: 'sending' });
      return () => bench.erasure.stopSends(erasure);
    },
    ends: (end) => {
      expect(end.result).toEqual({ underWay: 1 });
      expect(end.values('deliveries', 'state').sort()).toEqual(['sending', 'skipped']);
    },
    effects: ['transaction'],
  },
  {
    activity: 'writeTombstone',
    when: 'the contact has evidence',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      return () => bench.erasure.writeTombstone(erasure);
    },
    ends: (end) => {
      expect(end.keys).toEqual({ contact: 1, tombstone: 1 });
      expect(end.of('tombstone_fingerprints')).toHaveLength(1);
      expect(end.of('(opened)')).toContainEqual(
        expect.objectContaining({ kind: 'tombstone', opened: { registered: '203.0.113.7', erased: '203.0.113.9' } }),
      );
      expect(end.values('erasures', 'requester_sealed')).toEqual([null]);
    },
    effects: ['create tombstone key', 'transaction'],
  },
  {
    activity: 'writeTombstone',
    when: 'the contact’s key is gone already',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await eraseUntil(bench, erasure, 'verify');
      return () => bench.erasure.writeTombstone(erasure);
    },
    ends: (end) => {
      expect(end.of('tombstones')).toHaveLength(1);
      expect(end.keys).toEqual({ tombstone: 1 });
    },
    effects: [],
  },
  {
    activity: 'deleteRows',
    when: 'the contact stands in many stores',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await eraseUntil(bench, erasure, 'deleteRows');
      return () => bench.erasure.deleteRows(erasure);
    },
    ends: (end) => {
      expect(end.result).toMatchObject({ contacts: 1, contact_channels: 1, sign_ups: 1, opt_ins: 1, deliveries: 1 });
      expect(end.values('erasures', 'rows_erased')).toEqual([end.result]);
      for (const table of ['contacts', 'contact_channels', 'subscriptions', 'opt_ins', 'consent_events', 'sign_ups']) {
        expect(end.of(table)).toEqual([]);
      }
      expect(end.values('deliveries', 'contact_id')).toEqual([null]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'destroyKey',
    when: 'the rows are gone',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await eraseUntil(bench, erasure, 'destroyKey');
      return () => bench.erasure.destroyKey(erasure);
    },
    ends: (end) => expect(end.keys).toEqual({ tombstone: 1 }),
    effects: ['destroy keys'],
  },
  {
    activity: 'verifyErasure',
    when: 'everything is gone',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      await eraseUntil(bench, erasure, 'verify');
      return () => bench.erasure.verifyErasure(erasure);
    },
    ends: (end) => {
      const { found, keyDestroyed } = end.result as { found: Record<string, number>; keyDestroyed: boolean };
      expect(keyDestroyed).toBe(true);
      expect(Object.values(found).filter((count) => count !== 0)).toEqual([]);
    },
    effects: [],
  },
  {
    activity: 'certify',
    when: 'the verification found nothing',
    prepare: async (bench, account) => {
      const erasure = await contactToErase(bench, account);
      const deleted = await eraseUntil(bench, erasure, 'verify');
      const verification = await bench.erasure.verifyErasure(erasure);
      return () => bench.erasure.certify({ ...erasure, deleted, verification });
    },
    ends: (end) => {
      expect(end.of('erasures')).toEqual([
        expect.objectContaining({
          status: 'done',
          certificate: expect.objectContaining({ rows: expect.objectContaining({ contacts: 1, opt_ins: 1 }) }),
        }),
      ]);
    },
    effects: ['transaction'],
  },
  {
    activity: 'certify',
    when: 'the certificate is written',
    prepare: async (bench, account) => {
      const erasure = await erasedPerson(bench, account);
      const verification = await bench.erasure.verifyErasure(erasure);
      return () => bench.erasure.certify({ ...erasure, deleted: {}, verification });
    },
    ends: (end) =>
      expect(end.of('erasures')).toEqual([
        expect.objectContaining({
          certificate: expect.objectContaining({ rows: expect.objectContaining({ contacts: 1 }) }),
        }),
      ]),
    effects: [],
  },
];
