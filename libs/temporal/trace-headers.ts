import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import type { Info } from '@temporalio/activity';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

/** The header that carries a trace through Temporal; workflows/trace-context.interceptors.ts passes it on. */
const headerName = 'traceparent';

function withTrace(headers: Headers): Headers {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  if (!carrier.traceparent) return headers;
  return { ...headers, [headerName]: defaultPayloadConverter.toPayload(carrier.traceparent)! };
}

/** Starts, signals and updates carry the trace that is at hand. */
export const traceHeaders: WorkflowClientInterceptor = {
  start: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  signal: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
  startUpdate: (input, next) => next({ ...input, headers: withTrace(input.headers) }),
};

/** An activity whose workflow belongs to a trace is a span of it. */
export class ActivityTraces implements ActivityInboundCallsInterceptor {
  constructor(private readonly info: Info) {}

  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    const header = input.headers[headerName];
    if (!header) return next(input);
    const traceparent = defaultPayloadConverter.fromPayload<string>(header);
    const { activityType, workflowType, attempt } = this.info;
    const attributes = {
      'temporal.activity': activityType,
      'temporal.workflow': workflowType,
      'temporal.attempt': attempt,
    };
    return context.with(propagation.extract(context.active(), { traceparent }), () =>
      trace
        .getTracer('assent')
        .startActiveSpan(`activity ${activityType}`, { kind: SpanKind.CONSUMER, attributes }, (span) =>
          next(input).finally(() => span.end()),
        ),
    );
  }
}
