import { randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { createLogger } from '../../libs/log/log.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { Access } from './access/access.js';
import { Authentication } from './access/authentication.js';
import { type Permission, permissions } from './access/permissions.js';
import { AppModule } from './app.module.js';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { serveDocs } from './http/docs-page.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { describeApi } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RequestBounds } from './http/request-bounds.js';
import { addRequestHooks } from './http/request-hooks.js';
import { addTelemetryHooks } from './http/request-telemetry.js';
import { checkRoutes } from './http/route-check.js';
import { RouteTable } from './http/route-table.js';
import { ValidationPipe } from './http/validation.pipe.js';

const bodyLimitBytes = 1024 * 1024;

/** Media types whose body reaches the handler as a stream, uncounted: files of imports. */
const streamedTypes = ['text/csv', 'application/octet-stream'];

export interface AppOptions {
  /** More nouns and their rows of the permission table: tests bring some of their own. */
  modules?: Type[];
  permissions?: Permission[];
}

/**
 * The API, ready to listen: `await app.listen(port, host)`, at the end `await app.close()`. Opens no connection yet.
 * @throws Error naming every route that has no permission or no declared answer
 */
export async function createApp(config: Config, options: AppOptions = {}): Promise<NestFastifyApplication> {
  const log = createLogger('api', config.logLevel);
  const routes = new RouteTable();
  const filter = new ProblemFilter(log, routes);
  const access = new Access([...permissions, ...(options.permissions ?? [])]);
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    genReqId: () => randomUUID(),
    // Fastify's own log lines hold URLs; request-hooks.ts writes the access log.
    logger: false,
    // request-hooks.ts answers 503 itself, as a problem like every other refusal.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    // URLs that the router cannot read: they never reach a hook or a filter.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      filter.answer(error, request, reply),
  });
  const server = adapter.getInstance();
  routes.watch(server as never);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, options.modules), adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  app.useBodyParser('application/x-www-form-urlencoded', { bodyLimit: bodyLimitBytes });
  server.addContentTypeParser(streamedTypes, (_request, payload, done) => done(null, payload));
  addTelemetryHooks(server as never);
  addRequestHooks(server as never, {
    access,
    authentication: app.get(Authentication),
    bounds: app.get(RequestBounds),
    routes,
    log,
  });
  app.useGlobalFilters(filter);
  app.useGlobalPipes(new ValidationPipe());
  // The outer one first: what is stored for repeats has passed the serializer.
  app.useGlobalInterceptors(
    new IdempotencyInterceptor(app.get(Database), app.get(Keyring)),
    new AnswerInterceptor(config.publicUrl),
  );
  serveDocs(server as never, () => describeApi(app, access));
  await app.init();
  await server.ready();
  checkRoutes(app, routes, access);
  return app;
}
