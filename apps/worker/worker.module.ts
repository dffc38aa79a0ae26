import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import { CampaignActivities } from '../../activities/campaign.activities.js';
import { SignUpDecisions } from '../../activities/consent/sign-up-decisions.js';
import { ConsentActivities } from '../../activities/consent.activities.js';
import { MessageComposer } from '../../activities/delivery/message-composer.js';
import { DeliveryActivities } from '../../activities/delivery.activities.js';
import { ErasureActivities } from '../../activities/erasure.activities.js';
import { HousekeepingActivities } from '../../activities/housekeeping.activities.js';
import { type Config, ConfigError } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { WakeUps } from '../../libs/db/wake-ups.js';
import { replyTimeoutMs } from '../../libs/domain/delivery.js';
import { createLogger, type Logger } from '../../libs/log/log.js';
import { createFileSender } from '../../libs/mail/file-sender.js';
import { createSender, type Sender } from '../../libs/mail/transport.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';
import { PlatformKeys } from '../../libs/privacy/platform-keys.js';
import { connectTemporal } from '../../libs/temporal/connect.js';
import { dataConverterWith } from '../../libs/temporal/data-converter.js';
import { TemporalExecutions } from '../../libs/temporal/executions.js';
import { traceHeaders } from '../../libs/temporal/trace-headers.js';
import { OutboxRelay } from './outbox-relay.js';

export const LOGGER = Symbol('Logger');
/** An AbortController: aborted when the worker is told to stop, so that lanes finish what they hand over and take no more. */
export const STOPPING = Symbol('Stopping');

/** SMTP connections to the relay, and to the inbox of test mail. */
const relayConnections = 10;
const inboxConnections = 4;

/** What must be closed once nothing uses it any more. */
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

/** The worker's parts: activities as providers, and what they work with. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are made this way.
export class WorkerModule {
  static with(config: Config): DynamicModule {
    return {
      module: WorkerModule,
      providers: [
        { provide: LOGGER, useValue: createLogger('worker', config.logLevel) },
        { provide: STOPPING, useValue: new AbortController() },
        { provide: Database, useFactory: () => new Database(config.databaseUrl) },
        { provide: Keyring, useFactory: () => new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey) },
        { provide: PlatformKeys, useFactory: () => new PlatformKeys(config.keyEncryptionKey) },
        { provide: Connection, useFactory: () => connectTemporal(config) },
        {
          provide: Client,
          inject: [Connection],
          useFactory: (connection: Connection) =>
            new Client({
              connection,
              namespace: config.temporal.namespace,
              interceptors: { workflow: [traceHeaders] },
              dataConverter: dataConverterWith(new EncryptingCodec(derivePayloadKey(config.keyEncryptionKey))),
            }),
        },
        {
          provide: TemporalExecutions,
          inject: [Client],
          useFactory: (client: Client) => new TemporalExecutions(client),
        },
        {
          provide: MessageComposer,
          inject: [PlatformKeys],
          useFactory: (keys: PlatformKeys) => new MessageComposer(keys, config.publicUrl),
        },
        {
          provide: DeliveryActivities,
          inject: [Database, Keyring, MessageComposer, LOGGER, STOPPING],
          useFactory: (
            db: Database,
            keyring: Keyring,
            composer: MessageComposer,
            log: Logger,
            stopping: AbortController,
          ) =>
            new DeliveryActivities({
              db,
              keyring,
              composer,
              log,
              databaseUrl: config.databaseUrl,
              senders: sendersOf(config),
              stopping: stopping.signal,
            }),
        },
        {
          provide: OutboxRelay,
          inject: [Database, Client, LOGGER],
          useFactory: (db: Database, client: Client, log: Logger) =>
            new OutboxRelay(db, client, new WakeUps(config.databaseUrl, 'assent_outbox'), log),
        },
        SignUpDecisions,
        ConsentActivities,
        CampaignActivities,
        ErasureActivities,
        HousekeepingActivities,
        Connections,
      ],
    };
  }
}

function sendersOf(config: Config): { live: Sender; sandbox: Sender } {
  const { mode, relayUrl } = config.delivery;
  if (mode !== 'relay' || !relayUrl)
    throw new ConfigError(['DELIVERY_MODE is mx: this version delivers through a relay only']);
  return {
    live: createSender({ url: relayUrl, connections: relayConnections, replyTimeoutMs }),
    sandbox: config.inboxUrl
      ? createSender({ url: config.inboxUrl, connections: inboxConnections, replyTimeoutMs })
      : createFileSender(`${config.dataDir}/inbox`),
  };
}
