import { Client, type ClientOptions, type Connection } from '@temporalio/client';
import { Database, type SystemPurpose, type Tx } from '../../libs/db/database.js';
import { Keyring, type SubjectKind } from '../../libs/privacy/keyring.js';

/** Ends a run as a crash does: nothing that the run was about to do happens any more. */
export class CutOff extends Error {
  constructor() {
    super('cut off');
    this.name = 'CutOff';
  }
}

/**
 * Where a run ends, counted in effects from 1: once that effect is done and before the run knows of it, or inside it,
 * when a transaction has done all its work and has not committed.
 */
export type Cut = { after: number } | { inside: number };

/**
 * What a run leaves outside of its own memory, in order: transactions that wrote, keys created and destroyed, requests to
 * Temporal that were accepted. What only read is no effect: to end there is to end at the effect before.
 */
export class Effects {
  #done: string[] = [];
  #cut: Cut | undefined;
  #over = false;

  /** A new run begins. Without a cut it goes to its end. */
  begin(cut?: Cut): void {
    this.#done = [];
    this.#cut = cut;
    this.#over = false;
  }

  get done(): readonly string[] {
    return this.#done;
  }

  /** Before anything that reaches a service: a run that has ended does nothing more, whatever it catches. */
  continue(): void {
    if (this.#over) throw new CutOff();
  }

  /** An effect that happens unless this throws. */
  reached(): void {
    if (this.#cut && 'inside' in this.#cut && this.#cut.inside === this.#done.length + 1) this.#end();
  }

  happened(name: string): void {
    this.#done.push(name);
    if (this.#cut && 'after' in this.#cut && this.#cut.after === this.#done.length) this.#end();
  }

  #end(): never {
    this.#over = true;
    throw new CutOff();
  }
}

/** The real database; each committed transaction that wrote is an effect. */
export class CutOffDatabase extends Database {
  constructor(
    databaseUrl: string,
    private readonly effects: Effects,
  ) {
    super(databaseUrl, 4);
  }

  override forAccount<Result>(accountId: string, work: (tx: Tx) => Promise<Result>, ms?: number): Promise<Result> {
    return this.#counted((counted) => super.forAccount(accountId, counted, ms), work);
  }

  override forSystem<Result>(purpose: SystemPurpose, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#counted((counted) => super.forSystem(purpose, counted), work);
  }

  async #counted<Result>(
    transaction: (work: (tx: Tx) => Promise<Result>) => Promise<Result>,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    this.effects.continue();
    let wrote = false;
    const result = await transaction(async (tx) => {
      const worked = await work(tx);
      // PostgreSQL gives a transaction its id at its first write.
      const [row] = await tx.$queryRaw<[{ wrote: boolean }]>`
        SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS wrote`;
      wrote = row.wrote;
      if (wrote) this.effects.reached();
      return worked;
    });
    if (wrote) this.effects.happened('transaction');
    return result;
  }
}

/** The real keyring; each statement that created or destroyed keys is an effect. */
export class CutOffKeyring extends Keyring {
  constructor(
    databaseUrl: string,
    keyEncryptionKey: Buffer,
    private readonly effects: Effects,
  ) {
    super(databaseUrl, keyEncryptionKey);
  }

  override async create(accountId: string, kind: SubjectKind, subjectIds: string[]): Promise<Map<string, Buffer>> {
    this.effects.continue();
    const keys = await super.create(accountId, kind, subjectIds);
    this.effects.happened(`create ${kind} key`);
    return keys;
  }

  override destroy(accountId: string, subjectIds: string[]): Promise<number> {
    return this.#destroyed(() => super.destroy(accountId, subjectIds));
  }

  override destroyOlderThan(accountId: string, subjectIds: string[], olderThanMs: number): Promise<number> {
    return this.#destroyed(() => super.destroyOlderThan(accountId, subjectIds, olderThanMs));
  }

  async #destroyed(statement: () => Promise<number>): Promise<number> {
    this.effects.continue();
    const count = await statement();
    if (count > 0) this.effects.happened('destroy keys');
    return count;
  }
}

/** The real client; each termination and deletion that Temporal accepted is an effect. */
export function cutOffClient(connection: Connection, options: ClientOptions, effects: Effects): Client {
  const accepted = async <Answer>(name: string, request: () => Promise<Answer>): Promise<Answer> => {
    effects.continue();
    const answer = await request();
    effects.happened(name);
    return answer;
  };
  const client = new Client({
    ...options,
    connection,
    interceptors: {
      workflow: [{ terminate: (input, next) => accepted('terminate workflow', () => next(input)) }],
    },
  });
  const { workflowService } = client;
  const counted: Pick<typeof workflowService, 'deleteWorkflowExecution'> = {
    deleteWorkflowExecution: ((request: object) =>
      accepted('delete workflow', () =>
        workflowService.deleteWorkflowExecution(request),
      )) as typeof workflowService.deleteWorkflowExecution,
  };
  return Object.create(client, { workflowService: { value: Object.assign(Object.create(workflowService), counted) } });
}
