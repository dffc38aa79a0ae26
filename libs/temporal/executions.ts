import { status } from '@grpc/grpc-js';
import { type Client, isGrpcServiceError } from '@temporalio/client';

/** What an erasure does to workflow executions. */
export class TemporalExecutions {
  constructor(private readonly client: Client) {}

  /**
   * Has the server delete an execution with its history, which ends it if it runs. One that is not there is done with.
   * The server accepts at once and carries it out a little later. Not terminated first: the deletion of an execution that
   * closed a moment ago waits for its visibility record, 20 to 35 s; that of a running one takes milliseconds.
   */
  async endAndDelete(workflowId: string): Promise<void> {
    await unlessMissing(() =>
      this.client.workflowService.deleteWorkflowExecution({
        namespace: this.client.options.namespace,
        workflowExecution: { workflowId },
      }),
    );
  }
}

/** Runs a request about an execution; that it does not exist, or has ended, is no error. */
async function unlessMissing(request: () => Promise<unknown>): Promise<void> {
  try {
    await request();
  } catch (error) {
    if (!isMissingExecution(error)) throw error;
  }
}

/** Whether Temporal says that an execution does not exist or has ended. */
export function isMissingExecution(error: unknown): boolean {
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') return true;
  return isGrpcServiceError(error) && error.code === status.NOT_FOUND;
}

/** Whether Temporal cannot be reached at the moment: everything else would fail the same way. */
export function isTemporalAway(error: unknown): boolean {
  const codes: number[] = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED, status.RESOURCE_EXHAUSTED];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && codes.includes(cause.code)) return true;
  }
  return false;
}
