import { randomUUID } from 'node:crypto';
import { AccountRows } from '../../support/account-rows.js';
import {
  companyWithEverything,
  type EverythingOfOneAccount,
  type Noun,
  nouns,
  type OwnRequest,
  ownRequests,
} from '../../support/company-with-everything.js';
import { runningStack } from '../../support/stack.js';
import { type Answer, StackAccess } from '../../support/test-account.js';

// Two companies, each with one of everything. Whatever one of them sends, with an id of the other anywhere in it, is
// answered as if there were nothing with that id, and changes nothing of the other.

interface Parameter {
  name: string;
  in: string;
  schema?: Schema;
}
interface Schema {
  $ref?: string;
  format?: string;
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const { env, urls } = runningStack();
const document = (await (await fetch(`${urls.api}/openapi.json`)).json()) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const operations = Object.entries(document.paths)
  .filter(([path]) => path.startsWith('/v1/'))
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
  );

/** Where in a body ids are expected: `list_id`, `opt_in.list_ids`. */
function idFields(schema: Schema | undefined, at = ''): string[] {
  if (!schema) return [];
  if (schema.$ref) return idFields(document.components.schemas[schema.$ref.split('/').at(-1)!], at);
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].flatMap((part) =>
    idFields(part, at),
  );
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, part]) =>
    idFields(part, at === '' ? name : `${at}.${name}`),
  );
  return [...(schema.format === 'uuid' ? [at] : []), ...inner, ...fields];
}

const stack = new StackAccess();
let mine: EverythingOfOneAccount;
let theirs: EverythingOfOneAccount;
let theirRows: AccountRows;
let before: Record<string, string[]>;
/** One id of each table of the other account, and of each noun. */
let theirIds: string[];

beforeAll(async () => {
  [mine, theirs] = await Promise.all([companyWithEverything(stack), companyWithEverything(stack)]);
  theirRows = await AccountRows.open(env.DATABASE_URL!, theirs.account.id);
  before = await theirRows.settled();
  const ofTables = Object.values(before).flatMap((rows) => rows.slice(0, 1).map((row) => JSON.parse(row).id));
  const uuids = ofTables.filter((id): id is string => typeof id === 'string' && id.length === 36);
  theirIds = [...new Set([...Object.values(theirs.ids), ...uuids, theirs.account.id])];
});
afterAll(async () => {
  await theirRows?.close();
  await stack.close();
});
afterEach(async () => {
  expect(await theirRows.read()).toEqual(before);
});

/** The request as it would be right, for an operation of my own. */
function pathOf(path: string, id = mine.ids[path.split('/')[2] as Noun]): string {
  return path.replace('{id}', id);
}

const withQuery = (path: string, query: OwnRequest['query']) =>
  query ? `${path}?${new URLSearchParams(query)}` : path;

/** Without what differs from answer to answer. */
function comparable({ status, body }: Answer) {
  const { request_id: _, ...rest } = body || {};
  return { status, body: rest };
}

async function send(name: string, path: string, { body, query }: OwnRequest): Promise<Answer> {
  const [method] = name.split(' ') as [string];
  if (name.endsWith('/file')) return mine.account.upload(path, 'email\nsomebody@people.example\n');
  return mine.account.call(method, withQuery(path, query), { body, headers: { 'if-match': '"1"' } });
}

/** Each way to put another value in the place of one string of a structure. */
function replacements(value: unknown, ids: string[]): Array<(id: string) => unknown> {
  if (typeof value === 'string') return ids.includes(value) ? [(id) => id] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    replacements(entry, ids).map((replace) => (id: string) => {
      const changed = { [name]: replace(id) };
      return Array.isArray(value) ? Object.assign([...value], changed) : { ...value, ...changed };
    }),
  );
}

test('the two companies have one of everything', () => {
  for (const noun of nouns) expect([noun, theirs.ids[noun]]).toEqual([noun, expect.any(String)]);
  const empty = Object.entries(before).flatMap(([table, rows]) => (rows.length === 0 ? [table] : []));
  // Keys of repeats are made by a request header; nothing of them has an id.
  expect(empty).toEqual(['idempotency_keys']);
});

test('every operation that takes an id in its body or its query is tried here', () => {
  const requests = ownRequests(mine);
  const ids = Object.values(mine.ids);
  const missing = operations.flatMap(({ name, operation }) => {
    const inQuery = (operation.parameters ?? []).filter((p) => p.in === 'query' && p.schema?.format === 'uuid');
    const inBody = idFields(operation.requestBody?.content['application/json']?.schema);
    const wanted = [...inQuery.map((p) => p.name), ...inBody];
    const tried = (requests[name] ?? []).flatMap(({ body, query }) => [
      ...replacements(body, ids),
      ...replacements(query, ids),
    ]);
    return new Set(wanted).size > tried.length ? [`${name}: ${wanted.join(', ')}`] : [];
  });
  expect(missing).toEqual([]);
});

describe('an id of the other company', () => {
  test.each(operations.filter(({ path }) => path.includes('{id}')).map(({ name, path }) => [name, path]))(
    'in the path of %s is answered like an id of nobody: 404',
    async (name, path) => {
      const [request = {}] = ownRequests(mine)[name] ?? [];
      const nobody = await send(name, pathOf(path, randomUUID()), request);
      expect(nobody.status).toBe(404);
      for (const id of theirIds) {
        expect(comparable(await send(name, pathOf(path, id), request))).toEqual(comparable(nobody));
      }
    },
  );

  test('in a body is answered like an id of nobody: 404, or 422 that points to it', async () => {
    const ids = Object.values(mine.ids);
    for (const [name, requests] of Object.entries(ownRequests(mine))) {
      for (const request of requests) {
        for (const replace of replacements(request.body, ids)) {
          const path = pathOf(name.split(' ')[1]!);
          const nobody = await send(name, path, { body: replace(randomUUID()) as object });
          if (nobody.status !== 404) expect([name, nobody.status]).toEqual([name, 422]);
          if (nobody.status === 422) expect(nobody.body.problems).toEqual([expect.objectContaining({})]);
          for (const id of theirIds) {
            const answer = await send(name, path, { body: replace(id) as object });
            expect([name, comparable(answer)]).toEqual([name, comparable(nobody)]);
          }
        }
      }
    }
  });

  test('in a query finds nothing, like an id of nobody', async () => {
    const ids = Object.values(mine.ids);
    for (const [name, requests] of Object.entries(ownRequests(mine))) {
      for (const replace of requests.flatMap(({ query }) => replacements(query, ids))) {
        const path = pathOf(name.split(' ')[1]!);
        const nobody = await send(name, path, { query: replace(randomUUID()) as Record<string, string> });
        expect([name, nobody.status, nobody.body.data]).toEqual([name, 200, []]);
        for (const id of theirIds) {
          const answer = await send(name, path, { query: replace(id) as Record<string, string> });
          expect([name, comparable(answer)]).toEqual([name, comparable(nobody)]);
        }
      }
    }
  });
});

test('no list shows anything of the other company, not even with its cursor or with its id in a header', async () => {
  const lists = operations.filter(({ name, path }) => name.startsWith('GET ') && !path.includes('{id}'));
  expect(lists.length).toBeGreaterThan(8);
  for (const { path } of lists.filter((list) => list.path !== '/v1/accounts')) {
    const seen = await mine.account.call('GET', path, { headers: { 'assent-account': theirs.account.id } });
    expect([path, seen.status]).toEqual([path, 200]);
    for (const id of theirIds) expect(JSON.stringify(seen.body)).not.toContain(id);
    const { body } = await theirs.account.call('GET', `${path}?limit=1`);
    if (!body.next_cursor) continue;
    const beyond = await mine.account.call('GET', `${path}?limit=1&cursor=${body.next_cursor}`);
    expect([path, beyond.status]).toEqual([path, 200]);
    for (const id of theirIds) expect(JSON.stringify(beyond.body.data)).not.toContain(id);
  }
});

test('the exact address of a contact or a tombstone of the other company finds nothing', async () => {
  const nothing = { status: 200, body: { data: [] } };
  expect(await mine.account.call('POST', '/v1/contacts/search', { body: { email: theirs.email } })).toMatchObject(
    nothing,
  );
  const search = await mine.account.call('POST', '/v1/tombstones/search', { body: { email: theirs.erasedEmail } });
  expect(search.status).toBe(200);
  expect(JSON.stringify(search.body)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
});

test('an address that the other company erased, suppressed or has is a new one here', async () => {
  const answer = await mine.account.call('PUT', '/v1/contacts', { body: { email: theirs.erasedEmail } });
  expect(answer.status).toBe(201);
});

test('a key of repeats that the other company used is a fresh one here', async () => {
  const headers = { 'idempotency-key': `shared-${randomUUID()}` };
  const erase = (who: EverythingOfOneAccount) =>
    who.account.call('POST', '/v1/erasures', { headers, body: { contact_id: randomUUID() } });
  expect([(await erase(mine)).status, (await erase(theirs)).status]).toEqual([404, 404]);
  const contact = (
    await mine.account.call('PUT', '/v1/contacts', { body: { email: `${randomUUID()}@people.example` } })
  ).body.id;
  const made = await mine.account.call('POST', '/v1/erasures', { headers, body: { contact_id: contact } });
  expect(made.status).toBe(202);
  const repeated = await theirs.account.call('POST', '/v1/erasures', { headers, body: { contact_id: contact } });
  expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([404, null]);
});
