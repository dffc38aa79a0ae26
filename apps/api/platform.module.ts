import { type DynamicModule, Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Connection } from '@temporalio/client';
import type { Config } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { createLogger } from '../../libs/log/log.js';
import { derive } from '../../libs/privacy/cipher.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { LinkTokens } from '../../libs/privacy/link-token.js';
import { connectTemporal } from '../../libs/temporal/connect.js';
import { Authentication } from './access/authentication.js';

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

/** What every noun may inject: CONFIG, LOGGER, Database, Keyring, LinkTokens, Temporal's Connection, Authentication. */
@Global()
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are made this way.
export class PlatformModule {
  static with(config: Config): DynamicModule {
    const shared = [
      { provide: CONFIG, useValue: config },
      { provide: LOGGER, useValue: createLogger('api', config.logLevel) },
      { provide: Database, useFactory: () => new Database(config.databaseUrl) },
      { provide: Keyring, useFactory: () => new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey) },
      { provide: LinkTokens, useFactory: () => new LinkTokens(derive(config.keyEncryptionKey, 'links')) },
      { provide: Connection, useFactory: () => connectTemporal(config) },
      Authentication,
    ];
    return { module: PlatformModule, providers: [...shared, Connections], exports: shared };
  }
}
