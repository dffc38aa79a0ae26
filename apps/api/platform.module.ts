import { type DynamicModule, Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Connection } from '@temporalio/client';
import type { Config } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { RateCounters } from '../../libs/db/rate-bounds.js';
import { createLogger } from '../../libs/log/log.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { LinkTokens } from '../../libs/privacy/link-token.js';
import { PlatformKeys } from '../../libs/privacy/platform-keys.js';
import { connectTemporal } from '../../libs/temporal/connect.js';
import { Authentication } from './access/authentication.js';
import { RequestBounds } from './http/request-bounds.js';

/** Injection tokens of what has no class: `@Inject(CONFIG) config: Config`, `@Inject(LOGGER) log: Logger`. */
export const CONFIG = Symbol('Config');
export const LOGGER = Symbol('Logger');

@Injectable()
class Connections implements OnApplicationShutdown {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(Connection) private readonly temporal: Connection,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.db.close(), this.keyring.close(), this.temporal.close()]);
  }
}

/**
 * What every noun may inject: CONFIG, LOGGER, Database, Keyring, LinkTokens, PlatformKeys, RequestBounds, Temporal's
 * Connection, Authentication.
 */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are made this way.
export class PlatformModule {
  static with(config: Config): DynamicModule {
    const platformKeys = new PlatformKeys(config.keyEncryptionKey);
    const shared = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: createLogger('api', config.logLevel) },
      { provide: Database, useFactory: () => new Database(config.databaseUrl) },
      { provide: Keyring, useFactory: () => new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey) },
      { provide: LinkTokens, useValue: platformKeys.links },
      { provide: PlatformKeys, useValue: platformKeys },
      {
        provide: RateCounters,
        useFactory: (db: Database) => new RateCounters(db, platformKeys.rates, config.rateBounds),
        inject: [Database],
      },
      {
        provide: RequestBounds,
        useFactory: (counters: RateCounters) => new RequestBounds(counters, config.rateBounds.requestsPerKeyMinute),
        inject: [RateCounters],
      },
      { provide: Connection, useFactory: () => connectTemporal(config) },
      Authentication,
    ];
    return { module: PlatformModule, providers: [...shared, Connections], exports: shared };
  }
}
