import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEnvironment } from '../../libs/config/config.js';
import { hostEnvironment } from '../../libs/config/host-environment.js';
import { migrate } from '../../libs/db/migrate.js';
import type { ChildSurroundings, Service } from './child-service.js';
import { startCodecEndpoint } from './codec-endpoint.js';
import { Guard } from './guard.js';
import { inbox } from './inbox.js';
import { apiProcess, workerProcess } from './node-process.js';
import { packageRoot } from './package-root.js';
import { type PortName, ReservedPort } from './ports.js';
import { type DatabaseName, PostgresServer, serviceRole } from './postgres-server.js';
import { Secrets } from './secrets.js';
import { StackLock } from './stack-lock.js';
import { resolveTemporalCli } from './temporal-cli.js';
import { temporalServer } from './temporal-server.js';

export type { Service } from './child-service.js';

export interface StackOptions {
  /** Where everything is kept; DATA_DIR or `<package>/data` otherwise. */
  dataDir?: string;
  /** 0 is any free port; without a number it is the well known one, or any where that is taken. */
  ports?: Partial<Record<PortName, number>>;
  /** Which of our own processes run; both otherwise. */
  apps?: Array<'api' | 'worker'>;
  /** One file for what all parts print; `<dataDir>/logs/<part>.log` otherwise. */
  logFile?: string;
  onProgress?: (line: string) => void;
  /** Counts as set in the environment, for the stack as well as for its children. */
  extraEnv?: Record<string, string>;
}

export interface Stack {
  /** The complete environment of a child: every variable of libs/config, and what this process inherited. */
  env: Record<string, string>;
  urls: {
    api: string;
    docs: string;
    /** The page; empty where SMTP_INBOX_URL and a relay of the environment take its place. */
    inbox: string;
    inboxSmtp: string;
    temporalUi: string | undefined;
    codec: string | undefined;
    /** Of the worker; the API serves its own at `/metrics`. */
    workerMetrics: string;
  };
  services: Partial<Record<(typeof stopOrder)[number], Service>>;
  dataDir: string;
  /** Resolves with a sentence when a part ends and nobody asked it to; stays open otherwise. */
  failed: Promise<string>;
  /** Ends everything, whoever uses a part before it. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** Whoever uses a part ends before it. */
const stopOrder = ['worker', 'api', 'inbox', 'temporal', 'postgres'] as const;

/**
 * Starts the parts of Assent that the environment does not name: PostgreSQL (DATABASE_URL, KEYRING_DATABASE_URL), the
 * Temporal development server with its UI and codec endpoint (TEMPORAL_ADDRESS), the mail inbox (SMTP_INBOX_URL, and
 * SMTP_RELAY_URL or DELIVERY_MODE=mx); migrates the databases; then starts the API and the worker. When something
 * fails, what had started is ended again. Nothing outlives this process, however it ends (guard.ts).
 * @throws ConfigError for variables that are malformed
 * @throws Error naming the process where another stack uses the same folder, or the part that did not start
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const inherited = { ...hostEnvironment(), ...options.extraEnv };
  const given = readEnvironment(inherited);
  const onProgress = options.onProgress ?? (() => undefined);
  const apps = options.apps ?? ['api', 'worker'];
  const dataDir = resolve(options.dataDir ?? given.DATA_DIR ?? join(packageRoot(), 'data'));
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const lock = await StackLock.acquire(dataDir, onProgress);
  const guard = new Guard((processes) => lock.record(processes));
  const undo: Array<() => Promise<void>> = [async () => lock.release(), () => guard.release()];
  const services: Stack['services'] = {};
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      for (const part of stopOrder) await services[part]?.stop();
      for (const step of undo.reverse()) await step();
    })();
    return stopping;
  };
  let reportFailure: (description: string) => void = () => undefined;
  const failed = new Promise<string>((report) => {
    reportFailure = report;
  });
  const surroundings: ChildSurroundings = { guard, onUnexpectedExit: (description) => reportFailure(description) };
  const logFile = (part: string) => options.logFile ?? freshLog(join(dataDir, 'logs', `${part}.log`));
  const run = async (key: keyof Stack['services'], service: Service, port?: ReservedPort, otherPort?: ReservedPort) => {
    services[key] = service;
    await Promise.all([port?.release(), otherPort?.release()]);
    await service.start();
  };

  try {
    const needs = {
      temporal: given.TEMPORAL_ADDRESS === undefined,
      databases: [
        ...(given.DATABASE_URL === undefined ? (['assent'] as const) : []),
        ...(given.KEYRING_DATABASE_URL === undefined ? (['assent_keyring'] as const) : []),
      ] as DatabaseName[],
      inbox:
        given.SMTP_INBOX_URL === undefined || (given.DELIVERY_MODE === 'relay' && given.SMTP_RELAY_URL === undefined),
    };
    const host = given.HOST;
    const reserve = async (name: PortName, wanted = options.ports?.[name], on?: string) => {
      const port = await ReservedPort.reserve(name, wanted, on);
      undo.push(() => port.release());
      return port;
    };
    // All of them first: their numbers stand in the environment that every part gets.
    const apiPort = await reserve('api', options.ports?.api ?? given.PORT, host);
    const ports = {
      postgres: needs.databases.length > 0 ? await reserve('postgres') : undefined,
      temporal: needs.temporal ? await reserve('temporal') : undefined,
      temporalUi: needs.temporal ? await reserve('temporalUi') : undefined,
      codec: needs.temporal ? await reserve('codec') : undefined,
      inboxSmtp: needs.inbox ? await reserve('inboxSmtp') : undefined,
      inboxWeb: needs.inbox ? await reserve('inboxWeb') : undefined,
    };
    const metricsPort = await reserve('metrics', options.ports?.metrics ?? given.METRICS_PORT);
    const secrets = new Secrets(dataDir);
    const local = (port: ReservedPort | undefined) => (port ? `http://127.0.0.1:${port.number}` : undefined);
    const apiUrl = `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${apiPort.number}`;
    const inboxSmtp = ports.inboxSmtp ? `smtp://127.0.0.1:${ports.inboxSmtp.number}` : undefined;
    const relay = given.SMTP_RELAY_URL ?? (given.DELIVERY_MODE === 'relay' ? inboxSmtp : undefined);
    const env: Record<string, string> = {
      ...inherited,
      TEMPORAL_ADDRESS: given.TEMPORAL_ADDRESS ?? `127.0.0.1:${ports.temporal!.number}`,
      TEMPORAL_NAMESPACE: given.TEMPORAL_NAMESPACE,
      KEY_ENCRYPTION_KEY: given.KEY_ENCRYPTION_KEY ?? secrets.key('key-encryption-key'),
      DELIVERY_MODE: given.DELIVERY_MODE,
      ...(relay ? { SMTP_RELAY_URL: relay } : {}),
      SMTP_INBOX_URL: given.SMTP_INBOX_URL ?? inboxSmtp!,
      PUBLIC_URL: given.PUBLIC_URL ?? apiUrl,
      HOST: host,
      PORT: String(apiPort.number),
      DATA_DIR: dataDir,
      LOG_LEVEL: given.LOG_LEVEL,
      METRICS_PORT: String(metricsPort.number),
    };

    // Temporal takes longest to start, so it starts beside the databases.
    const starting: Array<Promise<void>> = [];
    if (ports.temporal && ports.temporalUi && ports.codec) {
      const { temporal, temporalUi, codec } = ports;
      const cli = await resolveTemporalCli({
        given: given.TEMPORAL_CLI,
        hostEnvironment: inherited,
        guard,
        onProgress,
      });
      await codec.release();
      const keyEncryptionKey = Buffer.from(env.KEY_ENCRYPTION_KEY!, 'base64');
      const endpoint = await startCodecEndpoint({ port: codec.number, uiPort: temporalUi.number, keyEncryptionKey });
      undo.push(() => endpoint.stop());
      const service = temporalServer({
        ...surroundings,
        cli,
        dataDir,
        port: temporal.number,
        uiPort: temporalUi.number,
        namespace: given.TEMPORAL_NAMESPACE,
        codecUrl: local(codec)!,
        hostEnvironment: inherited,
        logFile: logFile('temporal'),
      });
      onProgress('starting Temporal');
      starting.push(run('temporal', service, temporal, temporalUi));
    }
    if (ports.inboxSmtp && ports.inboxWeb) {
      const { inboxSmtp: smtp, inboxWeb: web } = ports;
      const service = inbox({
        ...surroundings,
        dataDir,
        smtpPort: smtp.number,
        webPort: web.number,
        hostEnvironment: inherited,
        logFile: logFile('inbox'),
      });
      onProgress('starting the inbox');
      starting.push(run('inbox', service, smtp, web));
    }
    starting.push(startDatabases());
    const outcomes = await Promise.allSettled(starting);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;

    async function startDatabases(): Promise<void> {
      let postgres: PostgresServer | undefined;
      if (ports.postgres) {
        const { number: port } = ports.postgres;
        onProgress('starting PostgreSQL');
        postgres = await PostgresServer.prepare({
          ...surroundings,
          dataDir,
          port,
          secrets,
          logFile: logFile('postgres'),
          onProgress,
        });
        await run('postgres', postgres.service, ports.postgres);
        await postgres.createDatabases(needs.databases);
      }
      const databaseUrl = given.DATABASE_URL ?? postgres!.ownerUrl('assent');
      const keyringDatabaseUrl = given.KEYRING_DATABASE_URL ?? postgres!.ownerUrl('assent_keyring');
      // The login role exists in our own server alone. With one database of each kind the owner serves ours; what the
      // product does there, it does under the roles of the migrations all the same.
      const both = needs.databases.length === 2;
      onProgress('migrating the databases');
      await migrate({ databaseUrl, keyringDatabaseUrl, serviceRole: both ? serviceRole : undefined, onProgress });
      env.DATABASE_URL = both ? postgres!.serviceUrl('assent') : databaseUrl;
      env.KEYRING_DATABASE_URL = both ? postgres!.serviceUrl('assent_keyring') : keyringDatabaseUrl;
    }

    if (apps.includes('api')) {
      onProgress('starting the API');
      await run('api', apiProcess({ ...surroundings, env, url: apiUrl, logFile: logFile('api') }), apiPort);
    }
    if (apps.includes('worker')) {
      onProgress('starting the worker');
      await run('worker', workerProcess({ ...surroundings, env, logFile: logFile('worker') }), metricsPort);
    }
    const urls = {
      api: apiUrl,
      docs: `${apiUrl}/docs`,
      inbox: local(ports.inboxWeb) ?? '',
      inboxSmtp: inboxSmtp ?? given.SMTP_INBOX_URL!,
      temporalUi: local(ports.temporalUi),
      codec: local(ports.codec),
      workerMetrics: `${local(metricsPort)}/metrics`,
    };
    return { env, urls, services, dataDir, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The log of the run before is kept beside the new one. */
function freshLog(file: string): string {
  if (existsSync(file)) renameSync(file, file.replace(/\.log$/, '.previous.log'));
  return file;
}
