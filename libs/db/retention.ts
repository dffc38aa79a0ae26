import type { SubjectKind } from '../privacy/keyring.js';
import type { Tx } from './database.js';
import { retentionDays } from './stores/declaration.js';

/** Deletes what its retention has ended, over all accounts; returns rows per table. Runs as the role of retention. */
export async function deleteExpired(tx: Tx): Promise<Record<keyof typeof retentionDays, number>> {
  return {
    outbox: await tx.$executeRaw`
      DELETE FROM outbox WHERE relayed_at < now() - ${retentionDays.outbox} * interval '1 day'`,
    idempotency_keys: await tx.$executeRaw`
      DELETE FROM idempotency_keys WHERE created_at < now() - ${retentionDays.idempotency_keys} * interval '1 day'`,
    mail_bounds: await tx.$executeRaw`
      DELETE FROM mail_bounds WHERE day < current_date - ${retentionDays.mail_bounds}::int`,
    rate_bounds: await tx.$executeRaw`
      DELETE FROM rate_bounds WHERE window_start < now() - ${retentionDays.rate_bounds} * interval '1 day'`,
    sign_ups: await tx.$executeRaw`
      DELETE FROM sign_ups WHERE decided_at < now() - ${retentionDays.sign_ups} * interval '1 day'`,
  };
}

/** Which of these subjects still have the row that their key is for. */
export async function livingSubjects(tx: Tx, kind: SubjectKind, ids: string[]): Promise<Set<string>> {
  const where = { where: { id: { in: ids } }, select: { id: true } } as const;
  switch (kind) {
    case 'contact':
      return idsOf(await tx.contact.findMany(where));
    case 'tombstone':
      return idsOf(await tx.tombstone.findMany(where));
    case 'test_address':
      return idsOf(await tx.testAddress.findMany(where));
    case 'pending':
      return idsOf([
        ...(await tx.signUp.findMany({ where: { id: { in: ids }, status: 'received' }, select: { id: true } })),
        ...(await tx.resubscription.findMany({ where: { id: { in: ids }, status: 'awaiting' }, select: { id: true } })),
      ]);
  }
}

function idsOf(rows: { id: string }[]): Set<string> {
  return new Set(rows.map((row) => row.id));
}
