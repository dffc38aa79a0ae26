import { status } from '@grpc/grpc-js';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { isMissingExecution } from './executions.js';

export interface KnownExecution {
  workflowId: string;
  /** From its search attribute; empty where it has none. */
  accountId: string;
}

type Keyword = ReturnType<typeof defineSearchAttributeKey<typeof SearchAttributeType.KEYWORD>>;

/** What Temporal knows of executions. Needs no worker: nothing is asked of the workflows themselves. */
export class ExecutionStates {
  constructor(
    private readonly client: Client,
    private readonly accountId: Keyword,
  ) {}

  /** By the visibility store, which lags by up to a second or two: look at a single one before believing it. */
  async *listed(type: string, which: 'running' | 'closed'): AsyncIterable<KnownExecution> {
    const query = `WorkflowType = '${type}' AND ExecutionStatus ${which === 'running' ? '=' : '!='} 'Running'`;
    for await (const execution of this.client.workflow.list({ query })) {
      const accountId = execution.typedSearchAttributes.get(this.accountId) ?? '';
      yield { workflowId: execution.workflowId, accountId };
    }
  }

  /** Exact, of the newest execution with this id. */
  async state(workflowId: string): Promise<'running' | 'ended' | 'missing'> {
    try {
      const { status: found } = await this.client.workflow.getHandle(workflowId).describe();
      return found.name === 'RUNNING' || found.name === 'PAUSED' ? 'running' : 'ended';
    } catch (error) {
      if (isMissingExecution(error)) return 'missing';
      throw error;
    }
  }

  /** What the newest execution was started with. */
  async input(workflowId: string): Promise<unknown> {
    const [started] = await this.#events(workflowId);
    return this.#first(started?.workflowExecutionStartedEventAttributes?.input?.payloads);
  }

  /** The newest result of an activity of this type in the newest execution; undefined before there is one. */
  async lastResult(workflowId: string, activityType: string): Promise<unknown> {
    const events = await this.#events(workflowId);
    const scheduled = new Set(
      events
        .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activityType)
        .map((event) => String(event.eventId)),
    );
    const completed = events.findLast((event) =>
      scheduled.has(String(event.activityTaskCompletedEventAttributes?.scheduledEventId)),
    );
    return this.#first(completed?.activityTaskCompletedEventAttributes?.result?.payloads);
  }

  /** Ends an execution that carries nothing. */
  async end(workflowId: string): Promise<void> {
    try {
      await this.client.workflow.getHandle(workflowId).terminate('reconcile');
    } catch (error) {
      if (!isMissingExecution(error)) throw error;
    }
  }

  async #events(workflowId: string) {
    try {
      return (await this.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
    } catch (error) {
      if (isMissingExecution(error) || (isGrpcServiceError(error) && error.code === status.NOT_FOUND)) return [];
      throw error;
    }
  }

  async #first(payloads: Parameters<typeof decodeArrayFromPayloads>[1]): Promise<unknown> {
    return (await decodeArrayFromPayloads(this.client.options.loadedDataConverter, payloads))[0];
  }
}
