import { DomainError } from '../../../libs/domain/errors.js';
import type { Caller } from './caller.js';
import type { Permission } from './permissions.js';

/** The table of permissions, looked up by route. */
export class Access {
  readonly #rows: ReadonlyMap<string, Permission>;

  constructor(rows: readonly Permission[]) {
    this.#rows = new Map(rows.map((row) => [`${row.method} ${row.path}`, row]));
  }

  get rows(): Permission[] {
    return [...this.#rows.values()];
  }

  /** The row of a route, by method and path pattern as Fastify knows them. HEAD counts as GET. */
  rowOf(method: string, pattern: string): Permission | undefined {
    return this.#rows.get(`${method === 'HEAD' ? 'GET' : method} ${pattern}`);
  }

  /**
   * Whether a caller may use a route.
   * @throws DomainError forbidden
   */
  check(row: Permission, caller: Caller): void {
    if (row.access === 'public') return;
    const role = caller.kind === 'operator' ? 'operator' : caller.role;
    if (!(row.access as readonly string[]).includes(role)) throw new DomainError('forbidden');
    if (caller.kind === 'account' && 'scope' in row && caller.scopes.length > 0 && !caller.scopes.includes(row.scope)) {
      throw new DomainError('forbidden', `this key has not the scope ${row.scope}`);
    }
  }
}
