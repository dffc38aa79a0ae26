import type { Database } from './database.js';

export async function createOperatorKey(
  db: Database,
  key: { name: string; secretHash: Uint8Array<ArrayBuffer> },
): Promise<{ id: string }> {
  return db.forSystem('operator', (tx) => tx.operatorKey.create({ data: key, select: { id: true } }));
}
