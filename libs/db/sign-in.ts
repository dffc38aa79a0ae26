import type { Database } from './database.js';

/** What sign-in knows of an API key or an operator's key. */
export type SignedIn =
  | { kind: 'account'; id: string; accountId: string; role: string; scopes: string[]; mode: string }
  | { kind: 'operator'; id: string };

/** `last_used_at` tells whether a key is in use, to the minute: writing it at each request would cost a row version each. */
const lastUsedEveryMs = 60_000;

/** The key with this hash, unless it was revoked. */
export async function findKey(
  db: Database,
  kind: SignedIn['kind'],
  secretHash: Uint8Array<ArrayBuffer>,
  now: Date,
): Promise<SignedIn | null> {
  return db.forSystem('sign_in', async (tx) => {
    if (kind === 'operator') {
      const row = await tx.operatorKey.findFirst({ where: { secretHash, revokedAt: null }, select: { id: true } });
      return row && { kind, id: row.id };
    }
    const row = await tx.apiKey.findFirst({
      where: { secretHash, revokedAt: null },
      select: { id: true, accountId: true, role: true, scopes: true, mode: true, lastUsedAt: true },
    });
    if (!row) return null;
    const { lastUsedAt, ...key } = row;
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > lastUsedEveryMs) {
      await tx.apiKey.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
    }
    return { kind, ...key };
  });
}
