import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkImports } from './check-imports.js';
import { readSources, root } from './read-tree.js';

const folders = ['apps', 'workflows', 'activities', 'libs'].filter((folder) => existsSync(join(root, folder)));

function complaints(sources: Record<string, string>): string[] {
  return checkImports(new Map(Object.entries(sources))).map(({ file, line, message }) => `${file}:${line} ${message}`);
}

test('every import in the product is one that the table allows', () => {
  const sources = readSources(folders);
  expect(sources.size).toBeGreaterThan(0);
  expect(complaints(Object.fromEntries(sources))).toEqual([]);
});

describe('the checker names a file that breaks the rule:', () => {
  test.each<[rule: string, file: string, text: string, complaint: RegExp]>([
    ['the domain imports a package', 'libs/domain/a.ts', "import { z } from 'zod';", /domain may not import zod/],
    ['the domain imports a type of one', 'libs/domain/a.ts', "import type { z } from 'zod';", /may not import zod/],
    [
      'the domain imports Node',
      'libs/domain/a.ts',
      "import { hash } from 'node:crypto';",
      /may not import node:crypto/,
    ],
    ['the domain imports the log', 'libs/domain/a.ts', "import { l } from '../log/log.js';", /may not import log/],
    ['the domain reads the clock', 'libs/domain/a.ts', 'export const f = () => Date.now();', /may not use Date\.now/],
    ['the domain takes the time', 'libs/domain/a.ts', 'export const f = () => new Date();', /may not use new Date\(\)/],
    ['the domain throws dice', 'libs/domain/a.ts', 'export const f = () => Math.random();', /may not use Math\.random/],
    ['the domain makes ids', 'libs/domain/a.ts', 'export const f = () => crypto.randomUUID();', /may not use crypto/],
    [
      '… by another name',
      'libs/domain/a.ts',
      "export const c = globalThis['crypto'];",
      /may not use globalThis\.crypto/,
    ],
    ['the domain waits', 'libs/domain/a.ts', 'export const f = (g: () => void) => setTimeout(g, 1);', /use setTimeout/],
    [
      'a contract runs workflow code',
      'workflows/a.contract.ts',
      "import { defineSignal, sleep } from '@temporalio/workflow';",
      /value sleep of @temporalio\/workflow/,
    ],
    [
      'a contract takes a converter',
      'workflows/a.contract.ts',
      "import { defaultPayloadConverter } from '@temporalio/common';",
      /value defaultPayloadConverter of @temporalio\/common/,
    ],
    [
      'a contract takes everything',
      'workflows/a.contract.ts',
      "import * as workflow from '@temporalio/workflow';",
      /value \* of @temporalio\/workflow/,
    ],
    [
      'a contract knows activities',
      'workflows/a.contract.ts',
      "import type { A } from '../activities/a.activities.js';",
      /contract may not import activity/,
    ],
    [
      'a workflow loads activities',
      'workflows/a.ts',
      "import { send } from '../activities/a.activities.js';",
      /by `import type` only/,
    ],
    [
      'a workflow imports a class of activities that it uses only as a type',
      'workflows/a.ts',
      "import { A } from '../activities/a.activities.js';\nexport let a: A;",
      /a\.ts:1 workflow may import activities\/a\.activities\.ts by `import type` only/,
    ],
    [
      'a workflow marks the name and not the statement',
      'workflows/a.ts',
      "import { type A } from '../activities/a.activities.js';\nexport let a: A;",
      /by `import type` only/,
    ],
    ['a workflow imports a package', 'workflows/a.ts', "import { z } from 'zod';", /workflow may not import zod/],
    ['a workflow reads the database', 'workflows/a.ts', "import { db } from '../libs/db/db.js';", /may not import db/],
    [
      'activities run workflows',
      'activities/a.ts',
      "import { w } from '../workflows/w.js';",
      /may not import workflow/,
    ],
    ['the API loads a workflow', 'apps/api/a.ts', "import { w } from '../../workflows/w.js';", /`import type` only/],
    ['the API knows activities', 'apps/api/a.ts', "import type { A } from '../../activities/a.js';", /import activity/],
    ['… inside a type', 'apps/api/a.ts', "export type A = import('../../activities/a.js').A;", /import activity/],
    ['… when it needs them', 'apps/api/a.ts', "export const a = () => import('../../activities/a.js');", /activity/],
    [
      'the commands load a workflow',
      'apps/cli/a.ts',
      "export { w } from '../../workflows/w.js';\nlet a;",
      /type` only/,
    ],
    ['the commands know activities', 'apps/cli/a.ts', "import '../../activities/a.js';", /cli may not import activity/],
    ['the worker imports a workflow', 'apps/worker/a.ts', "import type { w } from '../../workflows/w.js';", /workflow/],
    ['the stack knows a contract', 'apps/stack/a.ts', "import { i } from '../../workflows/w.contract.js';", /contract/],
    [
      'the demo knows the API',
      'apps/stack/demo/a.ts',
      "import { api } from '../../api/main.js';",
      /may not import api/,
    ],
    ['the worker knows the API', 'apps/worker/a.ts', "import type { A } from '../api/a.js';", /may not import api/],
    ['a library knows an app', 'libs/temporal/a.ts', "import type { A } from '../../apps/api/a.js';", /import api/],
    ['mail reads the database', 'libs/mail/a.ts', "import { db } from '../db/db.js';", /mail may not import db/],
    [
      'privacy reads the database',
      'libs/privacy/a.ts',
      "import { db } from '../db/db.js';",
      /privacy may not import db/,
    ],
    ['the client knows contracts', 'libs/temporal/a.ts', "import '../../workflows/w.contract.js';", /import contract/],
    ['an activity reads the environment', 'activities/a.ts', 'export const e = process.env.HOME;', /uses process\.env/],
    ['the stack hands it on', 'apps/stack/a.ts', 'export const e = { ...process.env };', /uses process\.env/],
    ['… by a pattern', 'apps/stack/a.ts', 'export const { env } = process;', /uses process\.env/],
    ['… by a key', 'apps/stack/a.ts', "export const e = globalThis.process['env'];", /uses process\.env/],
    ['… by import', 'apps/stack/a.ts', "import { env } from 'node:process';", /uses process\.env/],
    ['the API writes SQL', 'apps/api/a.ts', 'export const q = (p: P) => p.$queryRaw`select 1`;', /uses \$queryRaw/],
    [
      'an activity writes SQL',
      'activities/a.ts',
      "export const q = (p: P) => p['$executeRawUnsafe'](s);",
      /\$executeRaw/,
    ],
    ['the stack talks to PostgreSQL', 'apps/stack/a.ts', "import pg from 'pg';", /imports pg, which only/],
    ['an import lacks its ending', 'libs/mail/a.ts', "import { b } from './b';", /relative imports end in \.js/],
    ['an import ends in .ts', 'libs/mail/a.ts', "import { b } from './b.ts';", /relative imports end in \.js/],
    [
      'a file is a barrel',
      'libs/mail/a.ts',
      "export * from './b.js';\nexport type { C } from './c.js';",
      /only passes on/,
    ],
    ['… in two steps', 'libs/mail/a.ts', "import { b } from './b.js';\nexport { b };", /only passes on/],
    ['the product imports tests', 'apps/cli/a.ts', "import '../../test/support/stack.js';", /no part of the product/],
    ['the product imports a spec', 'apps/cli/a.ts', "import './b.spec.js';", /imports the spec apps\/cli\/b\.spec\.ts/],
    ['a module is computed', 'apps/cli/a.ts', 'export const l = (n: string) => import(n);', /not written out/],
    ['a file lies in no known part', 'libs/shiny/a.ts', 'export const a = 1;', /belongs to no part/],
  ])('%s', (_rule, file, text, complaint) => {
    const found = complaints({ [file]: text });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(complaint);
    expect(found[0]).toMatch(new RegExp(`^${file}:\\d+ `));
  });

  test('files import each other in a circle', () => {
    const found = complaints({
      'libs/domain/a.ts': "import { b } from './b.js';\nexport const a = () => b;",
      'libs/domain/b.ts': "import type { C } from './c.js';\nexport let b: C;",
      'libs/domain/c.ts': "import { a } from './a.js';\nexport type C = typeof a;",
      'libs/domain/d.ts': "import { a } from './a.js';\nexport const d = a;",
    });
    expect(found).toEqual([
      'libs/domain/a.ts:1 is in a cycle of imports: libs/domain/a.ts, libs/domain/b.ts, libs/domain/c.ts',
    ]);
  });
});

test('the checker has nothing to say about sources that keep the rules', () => {
  const found = complaints({
    'libs/domain/a.ts': 'export const a = (now: Date, process: string) => new Date(now.getTime() + process.length);',
    'libs/config/a.ts': "import { z } from 'zod';\nexport const a = z.string().parse(process.env.HOME);",
    'libs/db/a.ts': "import { e } from '../privacy/a.js';\nexport const q = (p: P) => [p.$queryRaw`select 1`, e];",
    'libs/privacy/a.ts': "import pg from 'pg';\nimport { a } from '../config/a.js';\nexport const e = [pg, a];",
    'workflows/w.contract.ts':
      "import { defineQuery, type Workflow } from '@temporalio/workflow';\n" +
      "import { defineSearchAttributeKey } from '@temporalio/common';\n" +
      "import { a } from '../libs/domain/a.js';\n" +
      "export const q = defineQuery('q');\nexport const k = [defineSearchAttributeKey, a] as unknown as Workflow;",
    'workflows/w.ts':
      "import { proxyActivities, sleep } from '@temporalio/workflow';\n" +
      "import type { A } from '../activities/a.activities.js';\n" +
      "import { q } from './w.contract.js';\n" +
      'export const w = async () => { await sleep(1); return [proxyActivities<A>({}), q]; };',
    'workflows/index.ts': "export { w } from './w.js';",
    'activities/a.activities.ts':
      "import { Context } from '@temporalio/activity';\n" +
      "import { q } from '../libs/db/a.js';\n" +
      "import { k } from '../workflows/w.contract.js';\n" +
      'export class A { now() { return [Context, q, k, Date.now()]; } }',
    'apps/api/a.ts':
      "import type { w } from '../../workflows/w.js';\nimport { k } from '../../workflows/w.contract.js';\n" +
      'export const start = [k] as unknown as typeof w;',
    'apps/worker/a.ts': "import { A } from '../../activities/a.activities.js';\nexport const a = new A();",
    'apps/stack/a.ts': "import { a } from '../../libs/config/a.js';\nexport const b = a;",
    'apps/stack/demo/a.ts': "import { b } from '../a.js';\nexport const c = b;",
    'libs/mail/a.spec.ts': "import { runningStack } from '../../test/support/stack.js';\nrunningStack(process.env);",
  });
  expect(found).toEqual([]);
});
