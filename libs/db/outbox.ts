import type { Tx } from './database.js';
import type { Prisma } from './generated/client.js';
import { currentTraceContext } from './trace-context.js';

/** A command to Temporal (decision 2). Everything in it is an id or a code. */
export interface WorkflowCommand {
  accountId: string;
  workflowType: string;
  workflowId: string;
  /** The contact the workflow is about: an erasure ends it and deletes its history. */
  contactId?: string | null;
}

/** Starts a workflow once the transaction has committed. A second start with the same id meets the first. */
export async function enqueueStart(tx: Tx, command: WorkflowCommand & { input: object }): Promise<void> {
  await insertCommand(tx, 'start', command, null, command.input);
  await tx.execution.createMany({
    data: [
      {
        workflowId: command.workflowId,
        accountId: command.accountId,
        workflowType: command.workflowType,
        contactId: command.contactId ?? null,
      },
    ],
    skipDuplicates: true,
  });
}

/** Starts a workflow again although one with its id has ended: what the reconciler does when an operator asks for it. */
export async function enqueueRestart(tx: Tx, command: WorkflowCommand & { input: object }): Promise<void> {
  await insertCommand(tx, 'restart', command, null, command.input);
}

/** Those of these workflows that have commands which the relay has not sent yet. */
export async function withCommandsWaiting(tx: Tx, workflowIds: string[]): Promise<Set<string>> {
  const rows = await tx.outbox.findMany({
    where: { workflowId: { in: workflowIds }, relayedAt: null },
    select: { workflowId: true },
  });
  return new Set(rows.map((row) => row.workflowId));
}

/** Signals a workflow once the transaction has committed; one that has ended is left alone. */
export async function enqueueSignal(tx: Tx, command: WorkflowCommand & { name: string }): Promise<void> {
  await insertCommand(tx, 'signal', command, command.name, []);
}

/** Sends an update to a workflow once the transaction has committed; one that has ended is left alone. */
export async function enqueueUpdate(
  tx: Tx,
  command: WorkflowCommand & { name: string; args: object[] },
): Promise<void> {
  await insertCommand(tx, 'update', command, command.name, command.args);
}

/** Notes which contact an execution is about, once that is known. */
export async function linkExecution(tx: Tx, workflowId: string, contactId: string): Promise<void> {
  await tx.execution.updateMany({ where: { workflowId }, data: { contactId } });
}

async function insertCommand(tx: Tx, kind: string, command: WorkflowCommand, name: string | null, input: object) {
  await tx.outbox.create({
    data: {
      accountId: command.accountId,
      command: kind,
      workflowType: command.workflowType,
      workflowId: command.workflowId,
      contactId: command.contactId ?? null,
      name,
      input: input as Prisma.InputJsonValue,
      traceContext: currentTraceContext(),
    },
  });
}

export interface DueCommand {
  id: bigint;
  accountId: string;
  command: 'start' | 'restart' | 'signal' | 'update';
  workflowType: string;
  workflowId: string;
  name: string | null;
  input: unknown;
  contactId: string | null;
  attempts: number;
  /** The trace that the command belongs to (`traceparent`). */
  traceContext: string | null;
}

/** Serialises the relays of all workers: commands of one workflow must stay in order. */
const relayLock = 72_011;

/**
 * Commands that are due, oldest first, while this transaction holds the relay's lock; none while another relay works. A
 * command behind a failed one of the same workflow waits for it.
 */
export async function takeDueCommands(tx: Tx, limit: number): Promise<DueCommand[]> {
  const [lock] = await tx.$queryRaw<[{ taken: boolean }]>`SELECT pg_try_advisory_xact_lock(${relayLock}) AS taken`;
  if (!lock.taken) return [];
  return tx.$queryRaw<DueCommand[]>`
    SELECT id, account_id AS "accountId", command, workflow_type AS "workflowType", workflow_id AS "workflowId",
           name, input, contact_id AS "contactId", attempts, trace_context AS "traceContext"
    FROM outbox AS due
    WHERE relayed_at IS NULL AND available_at <= now() AND NOT EXISTS (
      SELECT FROM outbox AS earlier
      WHERE earlier.workflow_id = due.workflow_id AND earlier.relayed_at IS NULL AND earlier.id < due.id
        AND earlier.available_at > now())
    ORDER BY id LIMIT ${limit}`;
}

export async function markRelayed(tx: Tx, ids: bigint[]): Promise<void> {
  if (ids.length > 0) await tx.$executeRaw`UPDATE outbox SET relayed_at = now() WHERE id = ANY(${ids})`;
}

/** Puts a command back, later each time, at most a minute; `failure` is a code, never a message. */
export async function postponeCommand(tx: Tx, id: bigint, attempts: number, failure: string): Promise<void> {
  const pauseMs = Math.min(60_000, 250 * 2 ** Math.min(attempts, 10));
  await tx.$executeRaw`
    UPDATE outbox SET attempts = attempts + 1, failure = ${failure}, available_at = now() + ${pauseMs} * interval '1 millisecond'
    WHERE id = ${id}`;
}
