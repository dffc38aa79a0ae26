import { type RateBounds, rateWindowsMs, windowStart } from '../domain/rate-bounds.js';
import { boundScope } from '../privacy/fingerprint.js';
import type { Database, Tx } from './database.js';

/**
 * Counts requests for all processes of the API (P8). Whoever is counted stands there as a hash under a platform key that
 * changes daily, so a row tells nothing the day after. Counts may lag behind a crash of PostgreSQL: that opens no window
 * wide enough to matter, and a sign-up does not wait for the disk.
 */
export class RateCounters {
  constructor(
    private readonly db: Database,
    private readonly platformKey: Buffer,
    private readonly bounds: RateBounds,
  ) {}

  /**
   * Counts one sign-up, or names the bound that is reached. A sign-up that its sender's bound refuses is not counted on
   * the form: one sender alone cannot close a form to others.
   */
  async takeSignUp(sender: string, formId: string, now: Date): Promise<keyof RateBounds | null> {
    const ip = this.#counter('signUpsPerIpHour', sender, now);
    const form = this.#counter('signUpsPerFormMinute', formId, now);
    return this.#count(async (tx) => {
      const [taken] = await tx.$queryRaw<[{ ip: boolean; form: boolean }]>`
        WITH ip AS (
          INSERT INTO rate_bounds AS bound (scope, window_start, requests) VALUES (${ip.scope}, ${ip.window}, 1)
          ON CONFLICT (scope, window_start) DO UPDATE SET requests = bound.requests + 1
            WHERE bound.requests < ${this.bounds.signUpsPerIpHour}
          RETURNING 1
        ), form AS (
          INSERT INTO rate_bounds AS bound (scope, window_start, requests)
            SELECT ${form.scope}::bytea, ${form.window}::timestamptz, 1 FROM ip
          ON CONFLICT (scope, window_start) DO UPDATE SET requests = bound.requests + 1
            WHERE bound.requests < ${this.bounds.signUpsPerFormMinute}
          RETURNING 1
        )
        SELECT EXISTS (SELECT FROM ip) AS ip, EXISTS (SELECT FROM form) AS form`;
      if (!taken.ip) return 'signUpsPerIpHour';
      return taken.form ? null : 'signUpsPerFormMinute';
    });
  }

  /**
   * Takes up to `wanted` calls of a key out of what is left in this window; returns how many it got. A process takes
   * several at once, so that a busy key is not one row that every request waits for.
   */
  async takeCalls(keyId: string, wanted: number, now: Date): Promise<number> {
    const { scope, window } = this.#counter('requestsPerKeyMinute', keyId, now);
    const bound = this.bounds.requestsPerKeyMinute;
    return this.#count(async (tx) => {
      const rows = await tx.$queryRaw<{ taken: number }[]>`
        INSERT INTO rate_bounds AS bound (scope, window_start, requests)
          VALUES (${scope}, ${window}, least(${wanted}::int, ${bound}::int))
        ON CONFLICT (scope, window_start) DO UPDATE SET requests = least(bound.requests + ${wanted}::int, ${bound}::int)
          WHERE bound.requests < ${bound}::int
        RETURNING new.requests - coalesce(old.requests, 0) AS taken`;
      return rows[0]?.taken ?? 0;
    });
  }

  #counter(bound: keyof RateBounds, who: string, now: Date) {
    const window = windowStart(now, rateWindowsMs[bound]);
    const day = window.toISOString().slice(0, 10);
    return { scope: boundScope(this.platformKey, day, who, [bound]), window };
  }

  #count<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.db.forSystem('bounds', async (tx) => {
      await tx.$queryRaw`SELECT set_config('synchronous_commit', 'off', true)`;
      return work(tx);
    });
  }
}
