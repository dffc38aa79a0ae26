import { setTimeout as pause } from 'node:timers/promises';
import { type DeliveryState, isLedgerBehind } from '../domain/delivery.js';
import {
  type DisagreementCode,
  disagreement,
  type ExecutionState,
  mayEnd,
  mayRestart,
} from '../domain/reconciliation.js';
import type { Database } from './database.js';
import {
  accountIds,
  holdCampaign,
  isRelayPending,
  ledgerCounts,
  type OpenPromise,
  openPromises,
  relayPending,
  restartPromise,
  standingOf,
} from './reconciliation.js';

type PromiseType = OpenPromise['type'];

/** What Temporal says of executions. */
export interface ExecutionFacts {
  listed(type: string, which: 'running' | 'closed'): AsyncIterable<{ workflowId: string; accountId: string }>;
  state(workflowId: string): Promise<ExecutionState>;
  input(workflowId: string): Promise<unknown>;
  lastResult(workflowId: string, activityType: string): Promise<unknown>;
  end(workflowId: string): Promise<void>;
}

/** Which execution carries which row. */
export interface PromiseMap {
  types: readonly PromiseType[];
  executionOf(row: OpenPromise): { workflowId: string; input: object };
  rowIdOf(workflowId: string): string;
}

export interface Disagreement {
  code: DisagreementCode;
  type: PromiseType;
  workflowId: string;
  accountId: string;
  /** The row's own word; `none` where there is no row. */
  state: string;
  /** Of erasures whose row is missing: who is to be erased again. */
  contactId?: string;
  /** What was done about it. */
  action: 'held' | 'restarted' | 'ended';
}

export interface ReconcileOptions {
  restart: boolean;
  end: boolean;
  /** How long both sides get to come together before they are looked at once more, in milliseconds. */
  settleMs: number;
}

interface Candidate {
  type: PromiseType;
  workflowId: string;
  accountId: string;
}

/** Compares the promises of PostgreSQL with the executions of Temporal after one of them was restored. */
export class Reconciler {
  constructor(
    private readonly db: Database,
    private readonly executions: ExecutionFacts,
    private readonly promises: PromiseMap,
  ) {}

  /**
   * Finds what disagrees and holds it: a campaign among it is paused. Executions are started or ended only where the
   * options say so. What disagrees is looked at twice: a workflow that ends in this moment is no disagreement.
   */
  async reconcile(options: ReconcileOptions): Promise<{ compared: number; disagreements: Disagreement[] }> {
    const accounts = await accountIds(this.db);
    const candidates: Candidate[] = [];
    let compared = 0;
    for (const type of this.promises.types) {
      const running = await this.#running(type);
      compared += running.size;
      for (const accountId of accounts) {
        const { differing, open } = await this.#compareAccount(type, accountId, running);
        candidates.push(...differing);
        compared += open;
      }
      // What is left runs for no open row of any account.
      for (const execution of running.values()) candidates.push({ type, ...execution });
    }
    const disagreements = await this.#confirmed(candidates, options);
    disagreements.push(...(await this.#forgottenErasures()));
    return { compared, disagreements };
  }

  /**
   * Pauses campaigns that disagree, and nothing else: asked before a worker begins to send. The rest of what a restore
   * leaves sends nothing.
   */
  async holdCampaigns(settleMs: number): Promise<Disagreement[]> {
    const candidates: Candidate[] = [];
    for (const accountId of await accountIds(this.db)) {
      const open = await this.db.forAccount(accountId, (tx) => openPromises(tx, accountId, 'campaign'));
      for (const promise of open.filter(({ state }) => state === 'sending')) {
        const candidate = { type: promise.type, accountId, workflowId: this.promises.executionOf(promise).workflowId };
        if (await this.#look(candidate)) candidates.push(candidate);
      }
    }
    return this.#confirmed(candidates, { restart: false, end: false, settleMs });
  }

  async #running(type: PromiseType): Promise<Map<string, { workflowId: string; accountId: string }>> {
    const running = new Map<string, { workflowId: string; accountId: string }>();
    for await (const execution of this.executions.listed(type, 'running')) running.set(execution.workflowId, execution);
    return running;
  }

  /** The account's open promises against what runs; takes what it finds out of `running`. */
  async #compareAccount(
    type: PromiseType,
    accountId: string,
    running: Map<string, unknown>,
  ): Promise<{ differing: Candidate[]; open: number }> {
    const open = await this.db.forAccount(accountId, (tx) => openPromises(tx, accountId, type));
    const ids = open.map((promise) => this.promises.executionOf(promise).workflowId);
    const pending = await this.db.forAccount(accountId, (tx) => relayPending(tx, ids));
    const differing: Candidate[] = [];
    for (const workflowId of ids) {
      const runs = running.delete(workflowId);
      const candidate = { type, accountId, workflowId };
      // A campaign that runs may still disagree, by its counts.
      if (runs ? type === 'campaign' && (await this.#look(candidate)) : !pending.has(workflowId)) {
        differing.push(candidate);
      }
    }
    return { differing, open: ids.length };
  }

  async #confirmed(candidates: Candidate[], options: ReconcileOptions): Promise<Disagreement[]> {
    if (candidates.length === 0) return [];
    await pause(options.settleMs);
    const disagreements: Disagreement[] = [];
    for (const candidate of candidates) {
      const seen = await this.#look(candidate);
      if (seen) disagreements.push(await this.#act(candidate, seen, options));
    }
    return disagreements;
  }

  /** Both sides of one promise as they are now, exactly. */
  async #look({ type, workflowId, accountId }: Candidate) {
    const id = this.promises.rowIdOf(workflowId);
    const execution = await this.executions.state(workflowId);
    const seen = execution === 'running' && type === 'campaign' ? await this.#counted(workflowId) : undefined;
    // An execution of no account has no row: nothing of another account may be taken for it.
    if (accountId === '') return execution === 'running' ? ({ code: 'row_missing', promise: null } as const) : null;
    return this.db.forAccount(accountId, async (tx) => {
      const standing = await standingOf(tx, type, accountId, id);
      const promise = standing.standing === 'open' ? standing.promise : null;
      const code = disagreement(standing.standing, execution, await isRelayPending(tx, workflowId));
      if (code) return { code, promise };
      const behind = promise && seen && isLedgerBehind(await ledgerCounts(tx, id), seen);
      return behind ? { code: 'ledger_behind' as const, promise } : null;
    });
  }

  async #counted(workflowId: string): Promise<Partial<Record<DeliveryState, number>>> {
    const look = await this.executions.lastResult(workflowId, 'lookAtLedger');
    return (look as { counts?: Partial<Record<DeliveryState, number>> } | undefined)?.counts ?? {};
  }

  async #act(
    candidate: Candidate,
    { code, promise }: { code: DisagreementCode; promise: OpenPromise | null },
    options: ReconcileOptions,
  ): Promise<Disagreement> {
    const { type, workflowId, accountId } = candidate;
    let state = promise?.state ?? 'none';
    if (promise && type === 'campaign') {
      state = await this.db.forAccount(accountId, (tx) => holdCampaign(tx, promise.id));
    }
    let action: Disagreement['action'] = 'held';
    if (options.restart && promise && mayRestart(code, type, state)) {
      await this.db.forAccount(accountId, (tx) => restartPromise(tx, promise, this.promises.executionOf(promise)));
      action = 'restarted';
    } else if (options.end && mayEnd(code)) {
      await this.executions.end(workflowId);
      action = 'ended';
    }
    const contactId = type === 'erasure' && code === 'row_missing' ? await this.#contactOf(workflowId) : undefined;
    return { code, type, workflowId, accountId, state, contactId, action };
  }

  /**
   * Erasures that Temporal still remembers and the database does not: whoever was erased is back. They are told, with the
   * contact, so that they can be asked for again.
   */
  async #forgottenErasures(): Promise<Disagreement[]> {
    const forgotten: Disagreement[] = [];
    for await (const { workflowId, accountId } of this.executions.listed('erasure', 'closed')) {
      if (accountId === '') continue;
      const id = this.promises.rowIdOf(workflowId);
      const { standing } = await this.db.forAccount(accountId, (tx) => standingOf(tx, 'erasure', accountId, id));
      if (standing !== 'none') continue;
      const contactId = await this.#contactOf(workflowId);
      const facts = { type: 'erasure', workflowId, accountId, state: 'none', contactId } as const;
      forgotten.push({ code: 'erasure_forgotten', ...facts, action: 'held' });
    }
    return forgotten;
  }

  async #contactOf(workflowId: string): Promise<string | undefined> {
    return ((await this.executions.input(workflowId)) as { contactId?: string } | undefined)?.contactId;
  }
}
