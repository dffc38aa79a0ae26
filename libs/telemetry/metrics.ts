import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The metrics of this process, as Prometheus reads them. Labels are route patterns, codes and names from the sources:
 * never an id, an address or anything else that a request brought.
 */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const registers = [registry];

/** Requests by the route's pattern, not its URL: that holds tokens. */
export const requestSeconds = new Histogram({
  name: 'assent_http_request_seconds',
  help: 'Duration of requests; its count is the number of requests',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

export const deliveryOutcomes = new Counter({
  name: 'assent_delivery_outcomes_total',
  help: 'Messages that a lane has decided: sent, deferred, failed, unknown, skipped',
  labelNames: ['lane', 'outcome'],
  registers,
});

export const endedLeases = new Counter({
  name: 'assent_delivery_leases_expired_total',
  help: 'Leases that ran out: rows that returned to the queue, and rows whose fate is unknown since',
  labelNames: ['became'],
  registers,
});

export const activityFailures = new Counter({
  name: 'assent_activity_failures_total',
  help: 'Activities that failed: refused by a rule, or to be retried',
  labelNames: ['activity', 'failure'],
  registers,
});

export const relayedCommands = new Counter({
  name: 'assent_outbox_commands_total',
  help: 'Commands of the outbox: relayed to Temporal, or postponed',
  labelNames: ['command', 'outcome'],
  registers,
});

/** What a process tells of the installation whenever it is asked. */
export interface Sources {
  backlogs(): Promise<{
    outbox: { waiting: number; oldestSeconds: number };
    ledger: Record<string, number>;
    erasures: { open: number; oldestSeconds: number };
  }>;
  pool(): { total: number; idle: number; waiting: number };
}

const gauge = (name: string, help: string, labelNames: string[] = []) =>
  new Gauge({ name, help, labelNames, registers });

const poolConnections = gauge('assent_database_pool_connections', 'Connections to the application database', ['state']);
const poolWaiting = gauge('assent_database_pool_waiting', 'Transactions that wait for a connection');
const outboxWaiting = gauge('assent_outbox_waiting', 'Commands that are not with Temporal yet');
const outboxOldest = gauge('assent_outbox_oldest_seconds', 'Age of the oldest of them');
const ledgerRows = gauge('assent_ledger_rows', 'Messages that are not settled, counted up to 100,000', ['state']);
const erasuresOpen = gauge('assent_erasures_open', 'Erasures that are asked for and not finished');
const erasuresOldest = gauge('assent_erasures_oldest_seconds', 'Age of the oldest of them');
const databaseUp = gauge('assent_database_up', 'Whether the application database answered, 1 or 0');

/**
 * The answer to a scrape, in Prometheus' text format. While the database is away the backlogs are no numbers,
 * and `assent_database_up` is 0: what this process counted itself is wanted most then.
 */
export async function metricsText(sources: Sources): Promise<string> {
  const { total, idle, waiting } = sources.pool();
  poolConnections.set({ state: 'idle' }, idle);
  poolConnections.set({ state: 'busy' }, total - idle);
  poolWaiting.set(waiting);
  const backlogs = await sources.backlogs().then(
    (read) => read,
    () => null,
  );
  databaseUp.set(backlogs ? 1 : 0);
  ledgerRows.reset();
  for (const each of [outboxWaiting, outboxOldest, erasuresOpen, erasuresOldest]) each.set(Number.NaN);
  if (!backlogs) return registry.metrics();
  outboxWaiting.set(backlogs.outbox.waiting);
  outboxOldest.set(backlogs.outbox.oldestSeconds);
  for (const [state, count] of Object.entries(backlogs.ledger)) ledgerRows.set({ state }, count);
  erasuresOpen.set(backlogs.erasures.open);
  erasuresOldest.set(backlogs.erasures.oldestSeconds);
  return registry.metrics();
}

export const metricsContentType = registry.contentType;
