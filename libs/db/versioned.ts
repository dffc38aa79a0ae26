import { DomainError } from '../domain/errors.js';
import { found } from './database.js';

/**
 * Makes sure that an update of one row with its expected version found it:
 * `changedOne(await tx.brand.updateMany({ where: { id, version }, data }), () => tx.brand.findUnique({ where: { id } }))`.
 * @throws DomainError not_found, or version_mismatch when the row is there with another version
 */
export async function changedOne(changed: { count: number }, read: () => Promise<unknown>): Promise<void> {
  if (changed.count === 1) return;
  found(await read());
  throw new DomainError('version_mismatch');
}
