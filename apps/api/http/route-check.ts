import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Access } from '../access/access.js';
import { type OperationOptions, operationKey } from './operation.js';
import type { RouteTable } from './route-table.js';
import { hasSensitiveField } from './serializer.js';

/** Nest's mark on a method that handles a route. */
const routeMark = 'path';

/**
 * The check that runs before the API serves anything: every route has a row in the table of permissions and every row a
 * route, every handler declares its answer, and no answer that is stored for repeats has sensitive fields.
 * @throws Error naming all that is missing
 */
export function checkRoutes(app: NestFastifyApplication, routes: RouteTable, access: Access): void {
  const problems = [
    ...routesWithoutPermission(routes, access),
    ...permissionsWithoutRoute(routes, access),
    ...undeclaredHandlers(app),
  ];
  if (problems.length > 0)
    throw new Error(`The API does not start:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
}

function routesWithoutPermission(routes: RouteTable, access: Access): string[] {
  return routes.all
    .filter((route) => !access.rowOf(route.method, route.pattern))
    .map((route) => `${route.method} ${route.pattern} has no row in access/permissions.ts`);
}

/** A row that permits nothing yet would permit whatever is given its path later. */
function permissionsWithoutRoute(routes: RouteTable, access: Access): string[] {
  const names = new Set(routes.all.map((route) => `${route.method} ${route.pattern}`));
  return access.rows
    .map((row) => `${row.method} ${row.path}`)
    .filter((name) => !names.has(name))
    .map((name) => `${name} has a row in access/permissions.ts and no route`);
}

function undeclaredHandlers(app: NestFastifyApplication): string[] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype }) => {
      const prototype = metatype!.prototype as Record<string, object>;
      const handlers = scanner.getAllMethodNames(prototype).filter((name) => {
        return Reflect.hasMetadata(routeMark, prototype[name]!);
      });
      return handlers.flatMap((name) => {
        const where = `${metatype!.name}.${name}`;
        const operation: OperationOptions | undefined = Reflect.getMetadata(operationKey, prototype[name]!);
        if (!operation) return [`${where} has no @Operation`];
        return operation.idempotent && operation.answer && hasSensitiveField(operation.answer)
          ? [`${where} is idempotent, so its answer is stored, and declares sensitive fields`]
          : [];
      });
    });
}
