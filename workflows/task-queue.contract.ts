/** The one task queue: workflows and their activities. Lanes get activity slots of their own by the worker's options. */
export const taskQueue = 'assent';

/**
 * What every workflow is described by. Operators filter by these search attributes, so they hold ids and codes only:
 * search attributes and workflow ids are not encrypted by the payload codec (decision 1).
 */
export interface WorkflowContract<Input> {
  /** The registered workflow type: the name of the exported function. */
  readonly type: string;
  /** A static line for operators: what this workflow promises. */
  readonly summary: string;
  /** Deterministic, so that a command sent twice meets the same execution (decision 2). */
  workflowId(input: Input): string;
}
