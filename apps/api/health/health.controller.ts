import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Config } from '../../../libs/config/config.js';
import { Database } from '../../../libs/db/database.js';
import { pendingMigrations } from '../../../libs/db/migrate.js';
import { describeError, type Logger } from '../../../libs/log/log.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { isTemporalReachable } from '../../../libs/temporal/connect.js';
import { Operation } from '../http/operation.js';
import { CONFIG, LOGGER } from '../platform.module.js';

const state = z.enum(['ok', 'failed']);

const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });
const readinessSchema = z
  .object({
    ready: z.boolean(),
    application_database: state,
    keyring_database: state,
    /** Both databases have the schema that this release needs. */
    migrations: state,
    /** Shown, but not needed to be ready: what is asked for meanwhile waits in the outbox. */
    temporal: state,
  })
  .meta({ id: 'Readiness' });

const checkLimitMs = 2_000;

@Controller()
export class HealthController {
  #migrated = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  @Get('healthz')
  @Operation({ summary: 'Whether the process lives', answer: healthSchema })
  health() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Operation({ summary: 'Whether the parts that the API needs are reachable', answer: readinessSchema })
  @ApiResponse({ status: 503, description: 'A database is away or not migrated', standardSchema: readinessSchema })
  async readiness(@Res({ passthrough: true }) reply: FastifyReply) {
    const [application_database, keyring_database, migrations, temporal] = await Promise.all([
      this.#check('application_database', () => this.db.ping()),
      this.#check('keyring_database', () => this.keyring.ping()),
      this.#check('migrations', () => this.#checkMigrations()),
      this.#check('temporal', async () => {
        if (!(await isTemporalReachable(this.config, checkLimitMs))) throw new Error('not reachable');
      }),
    ]);
    const ready = [application_database, keyring_database, migrations].every((result) => result === 'ok');
    if (!ready) reply.code(503).header('retry-after', 5);
    return { ready, application_database, keyring_database, migrations, temporal };
  }

  async #check(part: string, work: () => Promise<void>): Promise<z.infer<typeof state>> {
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(new Error('no answer in time')), checkLimitMs + 500);
    });
    try {
      await Promise.race([work(), late]);
      return 'ok';
    } catch (error) {
      this.log.warn({ check: part, ...describeError(error) }, 'not ready');
      return 'failed';
    } finally {
      clearTimeout(limit);
    }
  }

  /** Applied migrations do not go away, so one good answer is enough. */
  async #checkMigrations(): Promise<void> {
    if (this.#migrated) return;
    const pending = await Promise.all([
      pendingMigrations(this.config.databaseUrl, 'prisma'),
      pendingMigrations(this.config.keyringDatabaseUrl, 'prisma/keyring'),
    ]);
    if (pending.flat().length > 0) throw new Error('migrations are pending');
    this.#migrated = true;
  }
}
