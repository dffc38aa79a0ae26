import {
  type Attributes,
  context,
  propagation,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const exportEveryMs = 1_000;

/**
 * Sends the spans of this process to an OTLP collector over HTTP. Without an endpoint no span is made, and everything
 * below costs nothing.
 * @param endpoint the collector's address, to which `/v1/traces` is added (OpenTelemetry's OTEL_EXPORTER_OTLP_ENDPOINT)
 * @returns sends what is left and ends it
 */
export function startTraces(part: 'api' | 'worker', endpoint: string | undefined): () => Promise<void> {
  if (endpoint === undefined) return async () => undefined;
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `assent-${part}` }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: exportEveryMs })],
  });
  provider.register();
  return () => provider.shutdown();
}

const tracer = () => trace.getTracer('assent');

/** Does work as part of the trace that a `traceparent` names; of the trace at hand, or of none, where it is null. */
export function continuing<Result>(traceparent: string | null | undefined, work: () => Result): Result {
  if (!traceparent) return work();
  return context.with(propagation.extract(context.active(), { traceparent }), work);
}

/**
 * Does work inside a span. Attributes hold names, codes and random ids; errors are told by their class alone, because
 * their messages repeat values.
 */
export async function inSpan<Result>(
  name: string,
  kind: SpanKind,
  attributes: Attributes,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer().startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span that is begun in one place and ended in another; `run` does work inside it. */
export class OpenSpan {
  readonly #context;
  readonly #span: Span;

  constructor(name: string, kind: SpanKind, attributes: Attributes, traceparent?: string) {
    const parent = traceparent ? propagation.extract(context.active(), { traceparent }) : context.active();
    this.#span = tracer().startSpan(name, { kind, attributes }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  run<Result>(work: () => Result): Result {
    return context.with(this.#context, work);
  }

  end(attributes: Attributes, failed: boolean): void {
    this.#span.setAttributes(attributes);
    if (failed) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}
