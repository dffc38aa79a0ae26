import { SpanKind } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestSeconds } from '../../../libs/telemetry/metrics.js';
import { OpenSpan } from '../../../libs/telemetry/traces.js';

/** Asked for by machines every few seconds. */
const untraced = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Counts and traces every request, by its route's pattern: paths and queries hold tokens. A caller of the API may bring
 * its own trace (W3C Trace Context); pages that anybody can open begin one of their own.
 */
export function addTelemetryHooks(server: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();

  server.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (untraced.has(route)) return done();
    const brought = route.startsWith('/v1/') ? request.headers.traceparent : undefined;
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const traceparent = typeof brought === 'string' ? brought : undefined;
    const span = new OpenSpan(`${request.method} ${route}`, SpanKind.SERVER, attributes, traceparent);
    spans.set(request, span);
    span.run(done);
  });

  // Reading the body goes on in the context of the socket.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });

  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode: status, elapsedTime } = reply;
    requestSeconds.observe({ method: request.method, route, status }, elapsedTime / 1000);
    spans.get(request)?.end({ 'http.response.status_code': status }, status >= 500);
    done();
  });
}
