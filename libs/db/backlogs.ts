import type { Database } from './database.js';

/** What waits, over all accounts. Ages are in seconds, 0 where nothing waits. */
export interface Backlogs {
  outbox: { waiting: number; oldestSeconds: number };
  /** Unsettled rows of the ledger. */
  ledger: Record<'queued' | 'deferred' | 'claimed' | 'sending', number>;
  erasures: { open: number; oldestSeconds: number };
}

/** Counting stops here, so that asking stays cheap while a campaign of millions waits: the number then means "at least". */
export const countedAtMost = 100_000;

interface Waiting {
  count: number;
  age: number | null;
}

export async function readBacklogs(db: Database): Promise<Backlogs> {
  return db.forSystem('monitoring', async (tx) => {
    const [outbox] = await tx.$queryRaw<[Waiting]>`
      SELECT count(*)::int AS count, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS age
      FROM (SELECT created_at FROM outbox WHERE relayed_at IS NULL LIMIT ${countedAtMost}) AS waiting`;
    const [erasures] = await tx.$queryRaw<[Waiting]>`
      SELECT count(*)::int AS count, extract(epoch FROM clock_timestamp() - min(requested_at))::float8 AS age
      FROM (SELECT requested_at FROM erasures WHERE finished_at IS NULL ORDER BY requested_at LIMIT ${countedAtMost}) AS open`;
    const states = await tx.$queryRaw<Array<{ state: keyof Backlogs['ledger']; count: number }>>`
      SELECT state, count(*)::int AS count FROM (
        (SELECT state FROM deliveries WHERE state IN ('queued', 'deferred') LIMIT ${countedAtMost})
        UNION ALL
        (SELECT state FROM deliveries WHERE state IN ('claimed', 'sending') LIMIT ${countedAtMost})) AS unsettled
      GROUP BY state`;
    const ledger = { queued: 0, deferred: 0, claimed: 0, sending: 0 };
    for (const { state, count } of states) ledger[state] = count;
    const told = ({ count, age }: Waiting) => ({ count, oldestSeconds: Math.max(0, age ?? 0) });
    const [{ count: waiting, ...oldest }, { count: open, ...oldestErasure }] = [told(outbox), told(erasures)];
    return { outbox: { waiting, ...oldest }, ledger, erasures: { open, ...oldestErasure } };
  });
}
