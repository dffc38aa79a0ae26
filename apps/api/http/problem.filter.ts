import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../../../libs/domain/errors.js';
import { describeError, type Logger } from '../../../libs/log/log.js';
import { isPagePath, refusalPage, setPageHeaders, speaksJson } from '../pages/page-answers.js';
import { problemOf } from './problem.js';
import { pathOf, type RouteTable } from './route-table.js';
import { isUnavailable } from './unavailable.js';

const retryAfterSeconds: Partial<Record<ErrorCode, number>> = { unavailable: 5, idempotency_in_progress: 1 };

/** What Fastify and Nest refuse before a handler runs, by status. */
const frameworkCodes: Record<number, ErrorCode> = {
  400: 'malformed_body',
  413: 'payload_too_large',
  414: 'not_found',
  415: 'unsupported_media_type',
  503: 'unavailable',
};

/**
 * The one place where an error becomes an answer: RFC 9457 problem+json, or a page where people meet it. What nobody
 * foresaw is a 500 without details.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refusal = this.#refusalOf(error, request.url);
    if (refusal.status >= 500) {
      this.log.error(
        { requestId: request.id, method: request.method, route: request.routeOptions?.url, ...describeError(error) },
        refusal.code,
      );
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (refusal.code === 'method_not_allowed') reply.header('allow', this.routes.methodsFor(request.url).join(', '));
    if (refusal.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="assent"');
    const retryAfter = retryAfterSeconds[refusal.code];
    if (retryAfter !== undefined && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter);
    if (isPagePath(pathOf(request.url)) && !speaksJson(request)) {
      setPageHeaders(reply);
      reply
        .code(refusal.status)
        .type('text/html; charset=utf-8')
        .send(refusalPage(refusal.code, request.headers['accept-language']));
      return;
    }
    reply
      .code(refusal.status)
      .header('cache-control', 'no-store')
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problemOf(refusal, request.id)));
  }

  #refusalOf(error: unknown, url: string): DomainError {
    if (error instanceof DomainError) return error;
    const status = statusOf(error);
    if (status === 404) return this.routes.refusalFor(url);
    const code = status === undefined ? undefined : frameworkCodes[status];
    if (code) return new DomainError(code);
    return new DomainError(isUnavailable(error) ? 'unavailable' : 'internal');
  }
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  return String(code).startsWith('FST_ERR_') && typeof statusCode === 'number' ? statusCode : undefined;
}
