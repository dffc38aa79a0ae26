import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { DomainError } from '../domain/errors.js';
import { Prisma, PrismaClient } from './generated/client.js';

/** The client inside one transaction. Every query of the product runs on one of these. */
export type Tx = Prisma.TransactionClient;

/**
 * Work that crosses accounts. Each has a database role of its own with narrow policies
 * (prisma/migrations/*_row_level_security): sign_in finds the account of an API key, operator creates accounts, outbox
 * relays commands to Temporal, delivery claims due rows of the ledger, retention deletes rows whose time has ended, bounds
 * counts requests, monitoring counts what waits.
 */
export type SystemPurpose = 'sign_in' | 'operator' | 'outbox' | 'delivery' | 'retention' | 'bounds' | 'monitoring';

const transactionOptions = { maxWait: 10_000, timeout: 60_000 };

/**
 * The way into the application database. There is no way around the two doors: each opens a transaction, takes a role
 * with row-level security and, for an account, names it (decision 9). Whatever the login role may do beyond that is
 * given up for the length of the transaction.
 */
export class Database {
  readonly #client: PrismaClient;
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string, maxConnections = 12) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: maxConnections, application_name: 'assent' });
    this.#client = new PrismaClient({ adapter: new PrismaPg(this.#pool) });
  }

  /**
   * Serves one account: rows of other accounts do not exist here.
   * @param timeoutMs after which the transaction is given up; a minute is right for everything but an import
   */
  async forAccount<Result>(
    accountId: string,
    work: (tx: Tx) => Promise<Result>,
    timeoutMs = transactionOptions.timeout,
  ): Promise<Result> {
    return this.#client.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT set_config('role', 'assent_app', true), set_config('app.account_id', ${accountId}, true)`;
        return work(tx);
      },
      { ...transactionOptions, timeout: timeoutMs },
    );
  }

  /** Serves the system for one purpose, over all accounts, with the columns that purpose needs. */
  async forSystem<Result>(purpose: SystemPurpose, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT set_config('role', ${`assent_${purpose}`}, true), set_config('app.account_id', '', true)`;
      return work(tx);
    }, transactionOptions);
  }

  async ping(): Promise<void> {
    await this.forSystem('sign_in', (tx) => tx.$queryRaw`SELECT 1`);
  }

  /** Connections that are open, those of them that nobody uses, and transactions that wait for one. */
  poolCounts(): { total: number; idle: number; waiting: number } {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { total, idle, waiting };
  }

  async close(): Promise<void> {
    await this.#client.$disconnect();
    await this.#pool.end();
  }
}

/** Whether an error is the refusal of a unique constraint: two did the same at once, and the other was first. */
export function isUniqueViolation(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return error.code === 'P2002' || (error.code === 'P2010' && /23505/.test(JSON.stringify(error.meta ?? {})));
  }
  return false;
}

/** The row, or a refusal as for something that is not there: also for rows of another account, which are not visible. */
export function found<Row>(row: Row | null | undefined): Row {
  if (row === null || row === undefined) throw new DomainError('not_found');
  return row;
}
