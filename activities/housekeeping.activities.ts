import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../libs/db/database.js';
import { deleteExpired, livingSubjects } from '../libs/db/retention.js';
import { Keyring, subjectKinds } from '../libs/privacy/keyring.js';

/** A key whose row did not follow within this time, in milliseconds, never gets one: what was to write it has failed. */
const orphanAfterMs = 60 * 60_000;
const batchSize = 500;

/** What nobody asks for and must be done all the same. */
@Injectable()
export class HousekeepingActivities {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /** Deletes rows whose retention has ended; returns how many per table. */
  async deleteExpiredRows(): Promise<Record<string, number>> {
    return this.db.forSystem('retention', deleteExpired);
  }

  /**
   * Destroys keys that belong to no row: the key row commits first (decision 3), so that a crash before the other row
   * leaves one behind. Keys of erased contacts that a crash left are found here as well.
   */
  async sweepOrphanKeys(): Promise<{ destroyed: number }> {
    let destroyed = 0;
    for (const kind of subjectKinds) {
      let after: string | undefined;
      for (;;) {
        const candidates = await this.keyring.olderThan(kind, orphanAfterMs, batchSize, after);
        if (candidates.length === 0) break;
        after = candidates.at(-1)!.subjectId;
        const accounts = new Map<string, string[]>();
        for (const { accountId, subjectId } of candidates) {
          accounts.set(accountId, [...(accounts.get(accountId) ?? []), subjectId]);
        }
        for (const [accountId, ids] of accounts) {
          const living = await this.db.forAccount(accountId, (tx) => livingSubjects(tx, kind, ids));
          const orphans = ids.filter((id) => !living.has(id));
          destroyed += await this.keyring.destroyOlderThan(accountId, orphans, orphanAfterMs);
        }
      }
    }
    return { destroyed };
  }
}
