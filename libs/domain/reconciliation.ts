/** How a promise stands in PostgreSQL: not kept yet, over, not begun (a draft), or no row at all. */
export type Standing = 'open' | 'over' | 'unstarted' | 'none';
export type ExecutionState = 'running' | 'ended' | 'missing';

/**
 * Why PostgreSQL and Temporal disagree about a promise. execution_missing: Temporal never heard of it, as an older Temporal
 * under a newer database. execution_ended: Temporal saw its end, as an older database under a newer Temporal.
 * row_missing, row_ended, row_unstarted: something runs for which there is no open row. ledger_behind: the ledger holds
 * fewer settled messages than the campaign's workflow has counted. erasure_forgotten: an erasure ran to its end, and the
 * database has no row of it.
 */
export type DisagreementCode =
  | 'execution_missing'
  | 'execution_ended'
  | 'row_missing'
  | 'row_ended'
  | 'row_unstarted'
  | 'ledger_behind'
  | 'erasure_forgotten';

/** Compares both sides of one promise; null where they agree, or will once the commands that wait are sent. */
export function disagreement(
  standing: Standing,
  execution: ExecutionState,
  commandsWaiting: boolean,
): DisagreementCode | null {
  if (commandsWaiting) return null;
  if (standing === 'open') {
    if (execution === 'running') return null;
    return execution === 'missing' ? 'execution_missing' : 'execution_ended';
  }
  if (execution !== 'running') return null;
  return ({ over: 'row_ended', unstarted: 'row_unstarted', none: 'row_missing' } as const)[standing];
}

/**
 * Whether an operator may have the execution of an unfinished promise started again. Not a campaign that would send by it
 * although Temporal has seen its end: what the older database holds as unsent may have been sent.
 */
export function mayRestart(code: DisagreementCode, type: string, state: string): boolean {
  if (code === 'execution_missing') return true;
  if (code !== 'execution_ended') return false;
  return type !== 'campaign' || state === 'paused';
}

/** Whether an execution carries nothing, so that an operator may end it. */
export function mayEnd(code: DisagreementCode): boolean {
  return code === 'row_missing' || code === 'row_ended' || code === 'row_unstarted';
}
