import { isSpanContextValid, trace } from '@opentelemetry/api';

/**
 * The trace at hand as a `traceparent` (W3C Trace Context, 3.2), to be stored beside a command or a message; null where
 * no trace is kept. Random ids only.
 */
export function currentTraceContext(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}
