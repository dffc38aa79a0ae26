import type { Database } from './database.js';
import type { Prisma } from './generated/client.js';

/** How long the answer of a finished request is kept for repeats. */
export const keptMs = 24 * 60 * 60_000;

/** After this time a request that never finished counts as lost with its process, and its key is free again. */
export const abandonedMs = 10 * 60_000;

export type Claim =
  | { kind: 'claimed' }
  | { kind: 'running' }
  | { kind: 'different' }
  | { kind: 'finished'; status: number; answer: unknown };

export interface IdempotentRequest {
  accountId: string;
  key: string;
  route: string;
  /** Keyed hash of method, path and body. */
  requestHash: Uint8Array<ArrayBuffer>;
}

/** Takes the key for a request, or says what became of the request that has it. */
export async function claimKey(db: Database, request: IdempotentRequest, now: Date): Promise<Claim> {
  const { accountId, key, route, requestHash } = request;
  return db.forAccount(accountId, async (tx) => {
    await tx.idempotencyKey.deleteMany({
      where: {
        key,
        OR: [
          { createdAt: { lt: new Date(now.getTime() - keptMs) } },
          { finishedAt: null, createdAt: { lt: new Date(now.getTime() - abandonedMs) } },
        ],
      },
    });
    // ON CONFLICT DO NOTHING: of two at once, the second waits for the first one's commit and then finds its row.
    const { count } = await tx.idempotencyKey.createMany({
      data: [{ accountId, key, route, requestHash, createdAt: now }],
      skipDuplicates: true,
    });
    if (count === 1) return { kind: 'claimed' };
    const row = await tx.idempotencyKey.findUnique({ where: { accountId_key: { accountId, key } } });
    if (!row) return { kind: 'running' };
    if (row.route !== route || !Buffer.from(row.requestHash).equals(requestHash)) return { kind: 'different' };
    if (row.finishedAt === null || row.status === null) return { kind: 'running' };
    return { kind: 'finished', status: row.status, answer: row.answer };
  });
}

/** Keeps the answer for repeats. */
export async function finishKey(
  db: Database,
  request: IdempotentRequest,
  status: number,
  answer: unknown,
): Promise<void> {
  const { accountId, key } = request;
  await db.forAccount(accountId, (tx) =>
    tx.idempotencyKey.update({
      where: { accountId_key: { accountId, key } },
      data: { status, answer: (answer ?? undefined) as Prisma.InputJsonValue | undefined, finishedAt: new Date() },
    }),
  );
}

/** Frees the key of a request that was refused or failed: the same key may be used for the corrected one. */
export async function releaseKey(db: Database, { accountId, key }: IdempotentRequest): Promise<void> {
  await db.forAccount(accountId, (tx) => tx.idempotencyKey.deleteMany({ where: { key, finishedAt: null } }));
}
