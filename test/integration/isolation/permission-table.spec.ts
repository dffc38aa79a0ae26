import { randomUUID } from 'node:crypto';
import { type FastifyInstance, fastify } from 'fastify';
import { Access } from '../../../apps/api/access/access.js';
import { Authentication } from '../../../apps/api/access/authentication.js';
import {
  accountRoles,
  type Permission,
  permissions,
  type Scope,
  scopes,
} from '../../../apps/api/access/permissions.js';
import { RequestBounds } from '../../../apps/api/http/request-bounds.js';
import { addRequestHooks } from '../../../apps/api/http/request-hooks.js';
import { RouteTable } from '../../../apps/api/http/route-table.js';
import { issueSecret } from '../../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../../libs/db/operator-keys.js';
import { RateCounters } from '../../../libs/db/rate-bounds.js';
import { createLogger } from '../../../libs/log/log.js';
import { PlatformKeys } from '../../../libs/privacy/platform-keys.js';
import { runningStack } from '../../support/stack.js';
import { StackAccess, type TestAccount } from '../../support/test-account.js';

const stack = new StackAccess();
let account: TestAccount;
/** The secret of each caller; of `nobody` there is none. */
const keys: Record<string, string> = {};

async function newKey(role: string, keyScopes: Scope[] = []): Promise<{ id: string; secret: string }> {
  return account.make('/v1/api-keys', { name: 'Walk', role, scopes: keyScopes });
}

beforeAll(async () => {
  account = await stack.openAccount('Walk');
  for (const role of accountRoles) keys[role] = (await newKey(role)).secret;
  const operator = issueSecret('operator');
  await createOperatorKey(stack.db, { name: 'Walk', secretHash: operator.secretHash });
  keys.operator = operator.secret;
  const revoked = await newKey('owner');
  keys.revoked = revoked.secret;
  expect((await account.call('DELETE', `/v1/api-keys/${revoked.id}`)).status).toBe(204);
  for (const scope of scopes) {
    keys[`owner narrowed to ${scope}`] = (await newKey('owner', [scope])).secret;
    const others = scopes.filter((other) => other !== scope);
    keys[`owner with all but ${scope}`] = (await newKey('owner', others)).secret;
  }
});
afterAll(() => stack.close());

/** A request that names things that do not exist: whoever may make it is told so, and nothing happens. */
async function statusFor(row: Permission, key: string | undefined): Promise<number> {
  const path = row.path.replace(':id', randomUUID()).replace(/:\w+/, 'nothing');
  const response = await fetch(`${runningStack().urls.api}${path}`, {
    method: row.method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(row.path === '/v1/accounts' || row.path.endsWith('/file') ? {} : { 'assent-account': account.id }),
    },
  });
  await response.arrayBuffer();
  return response.status;
}

/** Told apart from everything that a request may be answered after its key was looked at. */
const decisionOf = (status: number) => (status === 401 ? 'unauthenticated' : status === 403 ? 'forbidden' : 'passes');

/** What the table says, read without the code that applies it. */
function expected(row: Permission): Record<string, string> {
  if (row.access === 'public') {
    return Object.fromEntries(['nobody', 'revoked', ...accountRoles, 'operator'].map((caller) => [caller, 'passes']));
  }
  const allowed = row.access as readonly string[];
  const roles = [...accountRoles, 'operator'].map((role) => [role, allowed.includes(role) ? 'passes' : 'forbidden']);
  const narrowed =
    'scope' in row
      ? scopes.flatMap((scope) => [
          [`owner narrowed to ${scope}`, scope === row.scope ? 'passes' : 'forbidden'],
          [`owner with all but ${scope}`, scope === row.scope ? 'forbidden' : 'passes'],
        ])
      : scopes.map((scope) => [`owner narrowed to ${scope}`, 'forbidden']);
  // What is open to this machine without a key is so to this spec; a key that is sent is looked at all the same.
  const nobody = 'local' in row && row.local ? 'passes' : 'unauthenticated';
  return Object.fromEntries([...roles, ...narrowed, ['nobody', nobody], ['revoked', 'unauthenticated']]);
}

describe('the running API decides as the table of permissions says', () => {
  test.each(permissions.map((row) => [`${row.method} ${row.path}`, row] as const))('%s', async (_, row) => {
    const wanted = expected(row);
    const found: Record<string, string> = {};
    for (const caller of Object.keys(wanted)) found[caller] = decisionOf(await statusFor(row, keys[caller]));
    expect(found).toEqual(wanted);
  });

  test('the owner may use every scope, and each is asked for somewhere', () => {
    const asked = permissions.flatMap((row) => ('scope' in row ? [row.scope] : []));
    expect([...new Set(asked)].sort()).toEqual([...scopes].sort());
  });

  test('the description asks for a key exactly where the table does', async () => {
    const { paths } = (await (await fetch(`${runningStack().urls.api}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { security }]) => [
        `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        security !== undefined,
      ]),
    );
    const table = permissions
      // The description does not describe itself.
      .filter(({ path }) => !/^\/(?:docs|openapi\.json)/.test(path))
      .map((row) => [`${row.method} ${row.path}`, row.access !== 'public']);
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(table));
  });
});

describe('a route that the table does not know', () => {
  let server: FastifyInstance;
  let url: string;
  let ran = false;

  beforeAll(async () => {
    server = fastify();
    const routes = new RouteTable();
    routes.watch(server);
    const counters = new RateCounters(
      stack.db,
      new PlatformKeys(stack.config.keyEncryptionKey).rates,
      stack.config.rateBounds,
    );
    addRequestHooks(server, {
      access: new Access([]),
      authentication: new Authentication(stack.db),
      bounds: new RequestBounds(counters, stack.config.rateBounds.requestsPerKeyMinute),
      routes,
      log: createLogger('spec', 'silent'),
    });
    server.setErrorHandler((error, _request, reply) => reply.send({ refused: (error as Error).message }));
    for (const path of ['/v1/forgotten', '/f/forgotten']) {
      server.all(path, async () => {
        ran = true;
        return {};
      });
    }
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => server?.close());

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'is refused to everybody, an owner too (%s)',
    async (method) => {
      for (const path of ['/v1/forgotten', '/f/forgotten']) {
        for (const key of [keys.owner, keys.operator, undefined]) {
          const response = await fetch(url + path, { method, headers: key ? { authorization: `Bearer ${key}` } : {} });
          if (method !== 'HEAD') expect(await response.json()).toEqual({ refused: 'forbidden' });
        }
      }
      expect(ran).toBe(false);
    },
  );
});
