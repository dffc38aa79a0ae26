import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import {
  Client,
  Connection,
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { CampaignActivities } from '../../activities/campaign.activities.js';
import { ConsentActivities } from '../../activities/consent.activities.js';
import { DeliveryActivities } from '../../activities/delivery.activities.js';
import { ErasureActivities } from '../../activities/erasure.activities.js';
import { HousekeepingActivities } from '../../activities/housekeeping.activities.js';
import { type Config, ConfigError, loadConfig } from '../../libs/config/config.js';
import { readBacklogs } from '../../libs/db/backlogs.js';
import { Database } from '../../libs/db/database.js';
import { Reconciler } from '../../libs/db/reconciler.js';
import { deliveryLanes } from '../../libs/domain/delivery.js';
import { createLogger, describeError, type Logger } from '../../libs/log/log.js';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';
import { activityFailures } from '../../libs/telemetry/metrics.js';
import { startTraces } from '../../libs/telemetry/traces.js';
import { ActivityFailures } from '../../libs/temporal/activity-failures.js';
import { dataConverterWith } from '../../libs/temporal/data-converter.js';
import { ExecutionStates } from '../../libs/temporal/execution-states.js';
import { registerKeywords } from '../../libs/temporal/search-attributes.js';
import { ActivityTraces } from '../../libs/temporal/trace-headers.js';
import { deliveryLaneContract } from '../../workflows/delivery-lane.contract.js';
import { housekeepingContract, housekeepingSchedule } from '../../workflows/housekeeping.contract.js';
import * as promises from '../../workflows/promises.contract.js';
import {
  accountIdAttribute,
  campaignIdAttribute,
  contactIdAttribute,
  statusAttribute,
} from '../../workflows/search-attributes.contract.js';
import { taskQueue } from '../../workflows/task-queue.contract.js';
import { serveMetrics } from './metrics-server.js';
import { OutboxRelay } from './outbox-relay.js';
import { STOPPING, WorkerModule } from './worker.module.js';
import { workflowBundlePath } from './workflow-bundle.js';

/** How long the worker waits at its start for what is away before it tries again, in milliseconds. */
const reconnectPauseMs = 1_000;
/** How long a campaign that disagrees with Temporal gets before it is held, in milliseconds. */
const settleMs = 1_000;

const searchAttributes = [accountIdAttribute, contactIdAttribute, campaignIdAttribute, statusAttribute];

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('worker', config.logLevel);
  Runtime.install({ logger: temporalLogger(log), shutdownSignals: [] });

  const endTraces = startTraces('worker', config.otlpEndpoint);
  const app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    logger: false,
    abortOnError: false,
  });
  const connection = await untilConnected(config, log);
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    workflowBundle: { codePath: workflowBundlePath },
    dataConverter: dataConverterWith(new EncryptingCodec(derivePayloadKey(config.keyEncryptionKey))),
    activities: Object.assign(
      {},
      ...[ConsentActivities, CampaignActivities, ErasureActivities, DeliveryActivities, HousekeepingActivities].map(
        (type) => activitiesOf(app.get<object>(type)),
      ),
    ),
    interceptors: {
      activity: [
        (context) => ({ inbound: new ActivityFailures(context.info.activityType, log, countFailure) }),
        (context) => ({ inbound: new ActivityTraces(context.info) }),
      ],
    },
    // The local stack ends a part that is still there after 8 seconds.
    shutdownGraceTime: '4 seconds',
    shutdownForceTime: '6 seconds',
  });

  // Whatever is away at this moment comes back: the worker waits for it and does not end.
  await untilDone(log, async () => {
    await registerKeywords(
      app.get(Connection),
      config.temporal.namespace,
      searchAttributes.map((key) => key.name),
    );
    await holdDisagreements(app.get(Database), app.get(Client), log);
    await startLanes(app.get(Client));
    await scheduleHousekeeping(app.get(Client));
  });
  const relay = app.get(OutboxRelay);
  relay.start();
  const db = app.get(Database);
  const endMetrics = await serveMetrics(
    config.metricsPort,
    { backlogs: () => readBacklogs(db), pool: () => db.poolCounts() },
    log,
  );

  const running = worker.run();
  let stopping = false;
  const stop = (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    app.get<AbortController>(STOPPING).abort();
    worker.shutdown();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  // Started by the local stack: when that process is gone, nobody would stop this one.
  if (process.channel) process.on('disconnect', () => stop('disconnect'));

  log.info({ taskQueue }, 'polling');
  process.send?.({ ready: true });
  await running;
  await relay.stop();
  endMetrics();
  await connection.close();
  await app.close();
  await endTraces();
  process.exit(0);
}

/**
 * Before this worker sends anything: an older database that was put back holds messages as queued that were sent. The
 * campaigns that show it are paused (docs/adr/0018).
 */
async function holdDisagreements(db: Database, client: Client, log: Logger): Promise<void> {
  const reconciler = new Reconciler(db, new ExecutionStates(client, accountIdAttribute), {
    ...promises,
    types: promises.promiseTypes,
  });
  for (const { code, workflowId, state } of await reconciler.holdCampaigns(settleMs)) {
    log.error({ code, workflow: workflowId, state }, 'a campaign disagrees with Temporal and is held: run reconcile');
  }
}

function countFailure(activity: string, failure: 'refused' | 'retried'): void {
  activityFailures.inc({ activity, failure });
}

/** The public methods of an activity provider, bound to it: their names are the activity types. */
function activitiesOf(provider: object): Record<string, (...args: never[]) => unknown> {
  const prototype = Object.getPrototypeOf(provider) as Record<string, (...args: never[]) => unknown>;
  const names = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return Object.fromEntries(names.map((name) => [name, prototype[name]!.bind(provider)]));
}

/** Each lane runs once per installation; a worker that finds it running leaves it so. */
async function startLanes(client: Client): Promise<void> {
  for (const lane of deliveryLanes) {
    await client.workflow.start(deliveryLaneContract.type, {
      taskQueue,
      workflowId: deliveryLaneContract.workflowId({ lane }),
      args: [{ lane }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      staticSummary: deliveryLaneContract.summary,
    });
  }
}

/** The schedule is made once; a worker that finds it leaves it as an operator may have changed it. */
async function scheduleHousekeeping(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: housekeepingSchedule.scheduleId,
      spec: { intervals: [{ every: housekeepingSchedule.every }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP },
      action: {
        type: 'startWorkflow',
        workflowType: housekeepingContract.type,
        workflowId: housekeepingContract.workflowId({}),
        taskQueue,
        args: [],
        staticSummary: housekeepingContract.summary,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function untilConnected(config: Config, log: Logger): Promise<NativeConnection> {
  return untilDone(log, () => NativeConnection.connect({ address: config.temporal.address }));
}

/** Repeats what PostgreSQL and Temporal are needed for until both are there. */
async function untilDone<Result>(log: Logger, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      log.warn({ ...describeError(error) }, 'the worker cannot begin yet');
      await new Promise((resolve) => setTimeout(resolve, reconnectPauseMs));
    }
  }
}

/** Temporal's own messages, without their details: those may hold inputs. */
function temporalLogger(log: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message }) => {
    log[level === 'ERROR' ? 'error' : 'warn']({ temporal: true }, message.split('\n')[0]);
  });
}

main().catch((error: unknown) => {
  // What the product itself says about a bad set-up is for the operator; anything else is described without its message.
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else process.stderr.write(`${JSON.stringify(describeError(error))}\n`);
  process.exit(1);
});
