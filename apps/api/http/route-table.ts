import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';

interface Route {
  method: string;
  pattern: string;
  expression: RegExp;
}

/** The routes that the server really has, whoever registered them: for the check of permissions, and for 405. */
export class RouteTable {
  readonly #routes: Route[] = [];

  /** Must be called before the first route is registered. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const limit = (route.config as { bodyLimit?: number } | undefined)?.bodyLimit;
      if (limit !== undefined) route.bodyLimit = limit;
      for (const method of [route.method].flat()) {
        this.#routes.push({ method, pattern: route.url, expression: expressionOf(route.url) });
      }
    });
  }

  get all(): ReadonlyArray<{ method: string; pattern: string }> {
    return this.#routes;
  }

  /**
   * Whether a route with a parameter took what is the path of another route, because that one does not offer the method:
   * `GET /contacts/search` asks for no contact with the id `search`.
   */
  isShadowed(pattern: string, url: string): boolean {
    const path = pathOf(url);
    return pattern !== path && this.#routes.some((route) => route.pattern === path);
  }

  /** What is wrong with a request that no route takes: its path, or only its method. */
  refusalFor(url: string): DomainError {
    return new DomainError(this.methodsFor(url).length > 0 ? 'method_not_allowed' : 'not_found');
  }

  /**
   * The methods of the route that the path of a URL belongs to; none where there is no such path. `/contacts/search` also
   * looks like `/contacts/:id`, and is not the id of anything.
   */
  methodsFor(url: string): string[] {
    const path = pathOf(url);
    const matching = this.#routes.filter((route) => route.expression.test(path));
    const exact = matching.filter((route) => route.pattern === path);
    const methods = (exact.length > 0 ? exact : matching).map((route) => route.method);
    return [...new Set(methods)].sort();
  }
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z]\w*/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
