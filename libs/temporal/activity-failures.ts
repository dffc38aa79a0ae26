import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { DomainError } from '../domain/errors.js';
import { describeError, type Logger } from '../log/log.js';

/**
 * Turns what an activity throws into what a history may hold (decision 8). A refusal by a rule becomes a non-retryable
 * failure whose type is the code. Anything else is retried, and only its class and code are kept: messages of libraries
 * repeat values.
 */
export class ActivityFailures implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly activityType: string,
    private readonly log: Logger,
    private readonly count: (activityType: string, failure: 'refused' | 'retried') => void = () => undefined,
  ) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      if (error instanceof TemporalFailure || error instanceof CancelledFailure) throw error;
      if (error instanceof DomainError) {
        this.count(this.activityType, 'refused');
        throw ApplicationFailure.nonRetryable(error.message, error.code);
      }
      this.count(this.activityType, 'retried');
      const described = describeError(error);
      this.log.warn({ activity: this.activityType, ...described }, 'an activity failed and is retried');
      throw ApplicationFailure.retryable(
        `${described.error}${described.code ? ` ${described.code}` : ''}`,
        'unexpected',
      );
    }
  }
}
