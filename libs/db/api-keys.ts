import { DomainError } from '../domain/errors.js';
import { found, type Tx } from './database.js';

/**
 * Revokes a key; revoking it again changes nothing.
 * @throws DomainError not_found, or conflict for the last key that could create others: the account would be locked out
 */
export async function revokeApiKey(tx: Tx, id: string, now: Date): Promise<void> {
  // Two revocations at once must not each take the other's key for the one that stays.
  await tx.$queryRaw`SELECT id FROM api_keys WHERE role = 'owner' AND revoked_at IS NULL ORDER BY id FOR UPDATE`;
  const key = found(await tx.apiKey.findUnique({ where: { id } }));
  if (key.revokedAt !== null) return;
  const isMaster = key.role === 'owner' && key.scopes.length === 0 && key.mode === 'live';
  if (isMaster) {
    const others = await tx.apiKey.count({
      where: { id: { not: id }, role: 'owner', mode: 'live', scopes: { isEmpty: true }, revokedAt: null },
    });
    if (others === 0) throw new DomainError('conflict', 'this is the last live owner key without scopes');
  }
  await tx.apiKey.update({ where: { id }, data: { revokedAt: now } });
}
