import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { CampaignActivities } from '../../../activities/campaign.activities.js';
import { SignUpDecisions } from '../../../activities/consent/sign-up-decisions.js';
import { ConsentActivities } from '../../../activities/consent.activities.js';
import { ErasureActivities } from '../../../activities/erasure.activities.js';
import { HousekeepingActivities } from '../../../activities/housekeeping.activities.js';
import { loadConfig } from '../../../libs/config/config.js';
import { readEvidence } from '../../../libs/db/consent-events.js';
import { Database, type Tx } from '../../../libs/db/database.js';
import { stores } from '../../../libs/db/stores.js';
import { openIdentity, openJson } from '../../../libs/privacy/envelope.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { PlatformKeys } from '../../../libs/privacy/platform-keys.js';
import { isMissingExecution, TemporalExecutions } from '../../../libs/temporal/executions.js';
import { CutOffDatabase, CutOffKeyring, cutOffClient, Effects } from '../../support/cut-off.js';
import { type OwnStack, startOwnStack } from '../../support/stack.js';
import { comparable, type EndState, type StateRow } from './end-state.js';

/** Of these only the account's own rows are looked at; `mail_bounds` has no account and is emptied between situations. */
const tablesOfAccounts = stores.filter(({ columns }) => 'account_id' in columns).map(({ table }) => table);
/** Random letters, and what is about no contact. */
const withoutMeaning = ['subscriber_id', 'hint', 'last_used_at'];
/** Nobody works on it. */
const idleQueue = 'idempotency';

/** Lets something happen after each transaction. */
class InterruptedDatabase extends Database {
  constructor(
    databaseUrl: string,
    private readonly afterEach: () => Promise<unknown>,
  ) {
    super(databaseUrl, 2);
  }

  override async forAccount<Result>(accountId: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const result = await super.forAccount(accountId, work);
    await this.afterEach();
    return result;
  }
}

/**
 * The activities on a PostgreSQL, a keyring and a Temporal of their own, which nobody else works on; what they do to
 * these is counted and can be cut off. `db` and `keyring` are ways around that, for preparing and looking.
 */
export class Workbench {
  readonly effects = new Effects();
  readonly db: Database;
  readonly keyring: Keyring;
  readonly decisions: SignUpDecisions;
  readonly consent: ConsentActivities;
  readonly campaigns: CampaignActivities;
  readonly erasure: ErasureActivities;
  readonly housekeeping: HousekeepingActivities;
  readonly startedWorkflows: string[] = [];
  readonly #counted: { db: CutOffDatabase; keyring: CutOffKeyring };
  readonly #client: Client;

  private constructor(
    private readonly stack: OwnStack,
    private readonly connection: Connection,
    private readonly owners: { database: pg.Client; keyring: pg.Client },
  ) {
    const { databaseUrl, keyringDatabaseUrl, keyEncryptionKey, temporal } = loadConfig(stack.env);
    this.db = new Database(databaseUrl, 4);
    this.keyring = new Keyring(keyringDatabaseUrl, keyEncryptionKey);
    const options = { namespace: temporal.namespace };
    this.#client = new Client({ connection, ...options });
    const db = new CutOffDatabase(databaseUrl, this.effects);
    const keyring = new CutOffKeyring(keyringDatabaseUrl, keyEncryptionKey, this.effects);
    const executions = new TemporalExecutions(cutOffClient(connection, options, this.effects));
    this.#counted = { db, keyring };
    this.decisions = new SignUpDecisions(db, keyring);
    this.consent = new ConsentActivities(db, keyring, new PlatformKeys(keyEncryptionKey), this.decisions);
    this.campaigns = new CampaignActivities(db);
    this.erasure = new ErasureActivities(db, keyring, executions);
    this.housekeeping = new HousekeepingActivities(db, keyring);
  }

  static async open(): Promise<Workbench> {
    const stack = await startOwnStack({ apps: [] });
    const { databaseUrl, keyringDatabaseUrl, temporal } = loadConfig(stack.env);
    const owner = async (serviceUrl: string) => {
      const url = new URL(serviceUrl);
      url.username = 'postgres';
      url.password = readFileSync(join(stack.dataDir, 'secrets', 'postgres-superuser'), 'utf8').trim();
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      // What is cut off here is a run, never the server: its disk need not be waited for.
      await client.query(`ALTER DATABASE ${client.escapeIdentifier(client.database!)} SET synchronous_commit = off`);
      return client;
    };
    const owners = { database: await owner(databaseUrl), keyring: await owner(keyringDatabaseUrl) };
    return new Workbench(stack, await Connection.connect({ address: temporal.address }), owners);
  }

  async close(): Promise<void> {
    const { database, keyring } = this.owners;
    await Promise.all([this.db.close(), this.keyring.close(), this.#counted.db.close(), this.#counted.keyring.close()]);
    await Promise.all([database.end(), keyring.end(), this.connection.close()]);
    await this.stack.stop();
  }

  /** Leaves nothing of earlier situations to what looks at all accounts. */
  async clear(): Promise<void> {
    await this.owners.database.query('DELETE FROM mail_bounds');
    await this.owners.keyring.query('DELETE FROM subject_keys');
  }

  /** Statements as the owner of the databases: what housekeeping finds is older than any test. */
  async age(statement: string, values: unknown[], where: 'database' | 'keyring' = 'database'): Promise<void> {
    const { rowCount } = await this.owners[where].query(statement, values);
    if (!rowCount) throw new Error('nothing was aged');
  }

  /** Sweeps orphan keys; `meanwhile` runs to its end between the sweep's look at the rows and what it destroys after it. */
  async sweepWhile(meanwhile: () => Promise<unknown>): Promise<void> {
    let sweeping: Promise<unknown> | undefined;
    const db = new InterruptedDatabase(this.stack.env.DATABASE_URL!, () => {
      sweeping ??= meanwhile();
      return sweeping;
    });
    try {
      await new HousekeepingActivities(db, this.keyring).sweepOrphanKeys();
    } finally {
      await db.close();
    }
    if (!sweeping) throw new Error('the sweep looked at nothing');
  }

  /** Starts an execution that waits for ever, and notes it as one about the contact. */
  async startWorkflow(accountId: string, contactId: string): Promise<string> {
    const workflowId = `double-opt-in:${randomUUID()}`;
    await this.#client.workflow.start('doubleOptIn', { workflowId, taskQueue: idleQueue, args: [] });
    const execution = { workflowId, accountId, workflowType: 'doubleOptIn', contactId };
    await this.db.forAccount(accountId, (tx) => tx.execution.create({ data: execution }));
    this.startedWorkflows.push(workflowId);
    return workflowId;
  }

  async workflowState(workflowId: string): Promise<'running' | 'ended' | 'gone'> {
    try {
      const { status } = await this.#client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' ? 'running' : 'ended';
    } catch (error) {
      if (isMissingExecution(error)) return 'gone';
      throw error;
    }
  }

  /** Every row of the account in the declared stores, its keys, what they open, and its workflows. */
  async read(accountId: string, result?: unknown): Promise<{ rows: StateRow[]; state: EndState }> {
    const rows: StateRow[] = [...(await this.#storedRows(accountId)), ...(await this.#readable(accountId))];
    for (const { table, workflow_id: id } of [...rows]) {
      if (table !== 'executions' || !this.startedWorkflows.includes(id as string)) continue;
      rows.push({ table: '(workflow)', id, running: (await this.workflowState(id as string)) === 'running' });
    }
    if (result !== undefined) rows.push({ table: '(result)', result });
    return { rows, state: comparable(rows, new Date()) };
  }

  async #storedRows(accountId: string): Promise<StateRow[]> {
    const selects = tablesOfAccounts.map((table) => {
      const left = table === 'outbox' ? [...withoutMeaning, 'id'] : withoutMeaning;
      return `SELECT '${table}' AS "table", to_jsonb(t) - '{${left}}'::text[] AS "row" FROM "${table}" AS t WHERE account_id = $1`;
    });
    const bounds = `SELECT 'mail_bounds', to_jsonb(t) - 'day' FROM mail_bounds AS t`;
    const stored = await this.owners.database.query([...selects, bounds].join(' UNION ALL '), [accountId]);
    const keys = await this.owners.keyring.query(
      `SELECT 'subject_keys' AS "table", jsonb_build_object('subject_id', subject_id, 'kind', kind) AS "row"
       FROM subject_keys WHERE account_id = $1`,
      [accountId],
    );
    return [...stored.rows, ...keys.rows].map(({ table, row }) => ({ table, ...row }));
  }

  /** Whether what is sealed opens: a row whose key was lost looks like any other. */
  async #readable(accountId: string): Promise<StateRow[]> {
    return this.db.forAccount(accountId, async (tx) => {
      const contacts = await tx.contact.findMany();
      const tombstones = await tx.tombstone.findMany();
      const resubscriptions = await tx.resubscription.findMany({ where: { pendingSealed: { not: null } } });
      const signUps = await tx.signUp.findMany({ where: { payloadSealed: { not: null } } });
      const ids = [...contacts, ...tombstones, ...resubscriptions, ...signUps].map(({ id }) => id);
      const keys = await this.keyring.many(accountId, ids);
      const facts: StateRow[] = [];
      const opened = (id: string, kind: string, open: (key: Buffer) => object) => {
        const key = keys.get(id);
        facts.push({ table: '(opened)', kind, id, opened: key ? open(key) : null });
      };
      for (const { id, envelopeSealed } of contacts) {
        opened(id, 'contact', (key) => ({ fields: Object.keys(openIdentity(key, accountId, id, envelopeSealed)) }));
        const key = keys.get(id);
        if (!key) continue;
        const { events, intact } = await readEvidence(tx, key, accountId, id);
        facts.push({ table: '(evidence)', id, intact, kinds: events.map((event) => event.kind) });
      }
      for (const { id, ipsSealed } of tombstones) {
        opened(id, 'tombstone', (key) => openJson<object>(key, accountId, 'tombstone', id, ipsSealed));
      }
      for (const { id, pendingSealed } of resubscriptions) {
        opened(id, 'resubscription', (key) => {
          return { fields: Object.keys(openJson<object>(key, accountId, 'resubscription', id, pendingSealed!)) };
        });
      }
      for (const { id, payloadSealed } of signUps) {
        opened(id, 'sign-up', (key) => {
          return { fields: Object.keys(openJson<object>(key, accountId, 'sign_up', id, payloadSealed!)) };
        });
      }
      return facts;
    });
  }
}
