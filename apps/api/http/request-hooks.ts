import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';
import type { Logger } from '../../../libs/log/log.js';
import type { Access } from '../access/access.js';
import type { Authentication } from '../access/authentication.js';
import { isPagePath, setPageHeaders } from '../pages/page-answers.js';
import type { RequestBounds } from './request-bounds.js';
import type { RouteTable } from './route-table.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types of the body; application/json unless said otherwise. */
    consumes?: string[] | undefined;
    bodyLimit?: number | undefined;
  }
}

/** Far more levels than any request has. */
const maxBodyDepth = 20;

interface Parts {
  access: Access;
  authentication: Authentication;
  bounds: RequestBounds;
  routes: RouteTable;
  log: Logger;
}

/**
 * What happens to every request before its body is read: headers, who is calling, whether they may, and whether the body
 * is of a kind that the route takes. Nobody without permission makes the server read a body.
 */
export function addRequestHooks(server: FastifyInstance, { access, authentication, bounds, routes, log }: Parts): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });

  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    reply.header('x-content-type-options', 'nosniff');
    if (closing) {
      reply.header('connection', 'close');
      throw new DomainError('unavailable', 'this server is stopping');
    }
    const pattern = request.routeOptions.url;
    if (pattern === undefined || routes.isShadowed(pattern, request.url)) throw routes.refusalFor(request.url);
    if (pattern.startsWith('/v1/')) {
      reply.header('cache-control', 'no-store');
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      reply.header('referrer-policy', 'no-referrer');
    }
    if (isPagePath(pattern)) setPageHeaders(reply);
    const row = access.rowOf(request.method, pattern);
    if (!row) throw new DomainError('forbidden');
    if (row.access !== 'public' && !('local' in row && isFromThisMachine(request))) {
      request.caller = await authentication.callerOf(
        request.headers.authorization,
        oneHeader(request, 'assent-account'),
      );
      const { caller } = request;
      await bounds.takeCall(reply, caller.kind === 'operator' ? caller.operatorKeyId : caller.apiKeyId);
      access.check(row, caller);
    }
    checkMediaType(request);
  });

  // Whatever walks through a body does so by recursion; a megabyte of brackets would be the end of the stack.
  server.addHook('preValidation', async (request) => {
    if (isDeeperThan(request.body, maxBodyDepth)) throw new DomainError('malformed_body', 'nested too deeply');
  });

  server.addHook('onResponse', async (request, reply) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        accountId: request.caller?.accountId,
      },
      'request',
    );
  });
}

/**
 * Whether a request without a key was made on this machine. One that a proxy passed on was not: proxies say for whom they
 * ask (RFC 7239, or `X-Forwarded-For`).
 */
function isFromThisMachine({ headers, socket }: FastifyRequest): boolean {
  if (headers.authorization !== undefined || headers.forwarded !== undefined) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.via !== undefined) return false;
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return address === '::1' || address.startsWith('127.');
}

function isDeeperThan(body: unknown, depth: number): boolean {
  const isNested = (value: unknown): value is object => value !== null && typeof value === 'object';
  // A file comes as a stream, which is no structure.
  if (!isNested(body) || body instanceof Readable) return false;
  let level: object[] = [body];
  for (let at = 0; level.length > 0; at += 1) {
    if (at >= depth) return true;
    level = level.flatMap((value) => Object.values(value).filter(isNested));
  }
  return false;
}

function checkMediaType(request: FastifyRequest): void {
  const given = request.headers['content-type'];
  if (given === undefined || request.method === 'GET' || request.method === 'HEAD') return;
  const mediaType = given.split(';', 1)[0]!.trim().toLowerCase();
  const accepted = request.routeOptions.config.consumes ?? ['application/json'];
  if (!accepted.includes(mediaType))
    throw new DomainError('unsupported_media_type', `accepted: ${accepted.join(', ')}`);
}

function oneHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
