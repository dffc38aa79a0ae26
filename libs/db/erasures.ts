import { found, type Tx } from './database.js';
import { Prisma } from './generated/client.js';
import { stores } from './stores.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Whom a search or deletion is about. The fingerprints come from the tombstone once the card is gone. */
export interface ErasureSubject {
  contactId: string;
  fingerprints: Bytes[];
}

/** Ends what is queued for the contact and counts what is being handed over at this moment. */
export async function stopDeliveries(tx: Tx, contactId: string): Promise<{ underWay: number }> {
  await tx.$executeRaw`
    UPDATE deliveries SET state = 'skipped', skip_reason = 'erased', settled_at = now(), lease_owner = NULL, lease_expires_at = NULL
    WHERE contact_id = ${contactId}::uuid AND state IN ('queued', 'claimed', 'deferred')`;
  return { underWay: await tx.delivery.count({ where: { contactId, state: 'sending' } }) };
}

/** Deletes or unlinks the contact's rows in every declared store; returns how many rows of each were touched. */
export async function eraseFromStores(tx: Tx, subject: ErasureSubject): Promise<Record<string, number>> {
  const touched: Record<string, number> = {};
  for (const { table, erasure } of stores) {
    if (erasure.how === 'delete') {
      touched[table] = await tx.$executeRaw`DELETE FROM ${name(table)} WHERE ${matches(erasure, subject)}`;
    } else if (erasure.how === 'unlink') {
      const changes = Object.entries(erasure.set).map(([column, value]) => Prisma.raw(`"${column}" = ${value}`));
      touched[table] = await tx.$executeRaw`
        UPDATE ${name(table)} SET ${Prisma.join(changes)} WHERE ${name(erasure.by)} = ${subject.contactId}::uuid`;
    }
  }
  return touched;
}

/**
 * Adds to the counts that the erasure keeps, in the transaction that deletes: a run after one that was cut off finds
 * nothing, and the certificate must say what was deleted all the same. Returns the totals.
 * @throws DomainError not_found
 */
export async function noteErasedRows(
  tx: Tx,
  erasureId: string,
  touched: Record<string, number>,
): Promise<Record<string, number>> {
  await tx.$queryRaw`SELECT id FROM erasures WHERE id = ${erasureId}::uuid FOR UPDATE`;
  const erasure = found(await tx.erasure.findUnique({ where: { id: erasureId }, select: { rowsErased: true } }));
  const totals = { ...(erasure.rowsErased as Record<string, number> | null) };
  for (const [table, count] of Object.entries(touched)) totals[table] = (totals[table] ?? 0) + count;
  await tx.erasure.update({ where: { id: erasureId }, data: { rowsErased: totals } });
  return totals;
}

/** Searches every store that an erasure empties; returns how many rows still lead to the contact. 0 everywhere is right. */
export async function searchStores(tx: Tx, subject: ErasureSubject): Promise<Record<string, number>> {
  const remaining: Record<string, number> = {};
  for (const { table, erasure } of stores) {
    if (erasure.how !== 'delete' && erasure.how !== 'unlink') continue;
    const where =
      erasure.how === 'delete'
        ? matches(erasure, subject)
        : Prisma.sql`${name(erasure.by)} = ${subject.contactId}::uuid`;
    const [row] = await tx.$queryRaw<
      [{ count: number }]
    >`SELECT count(*)::int AS count FROM ${name(table)} WHERE ${where}`;
    remaining[table] = row.count;
  }
  return remaining;
}

function matches(rule: { by: string; match: 'contact' | 'fingerprint' }, subject: ErasureSubject): Prisma.Sql {
  if (rule.match === 'contact') return Prisma.sql`${name(rule.by)} = ${subject.contactId}::uuid`;
  const hex = subject.fingerprints.map((fingerprint) => Buffer.from(fingerprint).toString('hex'));
  return Prisma.sql`encode(${name(rule.by)}, 'hex') = ANY(${hex}::text[])`;
}

/** Names come from the declaration, never from input. */
function name(identifier: string): Prisma.Sql {
  return Prisma.raw(`"${identifier}"`);
}
