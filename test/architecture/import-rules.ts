/**
 * Who may import whom, as data. `check-imports.ts` applies it; `import-rules.spec.ts` runs it over the tree and over
 * sources that break each rule.
 */

/** A part of the tree. The first whose pattern matches a file is the part that the file belongs to. */
export type Part =
  | 'spec'
  | 'domain'
  | 'config'
  | 'log'
  | 'privacy'
  | 'db'
  | 'mail'
  | 'temporal'
  | 'telemetry'
  | 'contract'
  | 'workflow'
  | 'activity'
  | 'api'
  | 'cli'
  | 'worker'
  | 'stack';

export const parts: ReadonlyArray<{ part: Part; files: RegExp }> = [
  { part: 'spec', files: /\.spec\.ts$/ },
  { part: 'domain', files: /^libs\/domain\// },
  { part: 'config', files: /^libs\/config\// },
  { part: 'log', files: /^libs\/log\// },
  { part: 'privacy', files: /^libs\/privacy\// },
  { part: 'db', files: /^libs\/db\// },
  { part: 'mail', files: /^libs\/mail\// },
  { part: 'temporal', files: /^libs\/temporal\// },
  { part: 'telemetry', files: /^libs\/telemetry\// },
  { part: 'contract', files: /^workflows\/(?:.*\/)?[^/]+\.contract\.ts$/ },
  { part: 'workflow', files: /^workflows\// },
  { part: 'activity', files: /^activities\// },
  { part: 'api', files: /^apps\/api\// },
  { part: 'cli', files: /^apps\/cli\// },
  { part: 'worker', files: /^apps\/worker\// },
  { part: 'stack', files: /^apps\/stack\// },
];

/** Written by a generator: not held to these rules, and part of whatever it lies in when others import it. */
export const generated = /^libs\/[^/]+\/generated\//;

const libs: Part[] = ['domain', 'config', 'log', 'privacy', 'db', 'mail', 'temporal', 'telemetry'];

/** An import from a package. Types are free where the package is allowed; `values` narrows which values may come along. */
export interface PackageAllowance {
  /** The package's name; its subpaths are included. */
  package: string;
  values?: RegExp | 'none';
}

export interface Rule {
  from: Part;
  /** Parts whose values and types may be imported. Every part may import itself. */
  may: readonly Part[];
  /** Parts that may be imported by `import type` only, so that nothing of them is loaded. */
  typesOf?: readonly Part[];
  /** The only packages allowed; the modules of Node count as packages. Without it, packages are not restricted here. */
  packages?: readonly PackageAllowance[];
}

export const rules: readonly Rule[] = [
  { from: 'domain', may: [], packages: [] },
  { from: 'config', may: ['domain'] },
  { from: 'log', may: ['domain'] },
  { from: 'privacy', may: ['domain', 'config', 'log'] },
  { from: 'db', may: ['domain', 'config', 'log', 'privacy'] },
  { from: 'mail', may: ['domain', 'config', 'log'] },
  { from: 'temporal', may: ['domain', 'config', 'log'] },
  { from: 'telemetry', may: ['config', 'log'] },
  {
    from: 'contract',
    may: ['domain'],
    packages: [
      { package: '@temporalio/workflow', values: /^define[A-Z]/ },
      { package: '@temporalio/common', values: /^(?:defineSearchAttributeKey|SearchAttributeType)$/ },
    ],
  },
  {
    from: 'workflow',
    may: ['contract', 'domain'],
    typesOf: ['activity'],
    packages: [{ package: '@temporalio/workflow' }, { package: '@temporalio/common', values: 'none' }],
  },
  { from: 'activity', may: [...libs, 'contract'] },
  { from: 'api', may: [...libs, 'contract'], typesOf: ['workflow'] },
  { from: 'cli', may: [...libs, 'contract'], typesOf: ['workflow'] },
  { from: 'worker', may: [...libs, 'contract', 'activity'] },
  { from: 'stack', may: libs },
];

/** Packages that only some parts may import. Specs look at the real parts, so they may too. */
export const packageOwners: ReadonlyArray<{ package: string; owners: readonly Part[] }> = [
  { package: 'pg', owners: ['db', 'privacy'] },
  { package: '@prisma/client', owners: ['db', 'privacy'] },
  { package: '@prisma/adapter-pg', owners: ['db', 'privacy'] },
];

/** Words in code that only some parts may use. Specs may use all of them. */
export const wordOwners: ReadonlyArray<{ word: 'process.env' | 'sql'; owners: readonly Part[] }> = [
  { word: 'process.env', owners: ['config'] },
  { word: 'sql', owners: ['db', 'privacy'] },
];

export const sqlMethods: ReadonlySet<string> = new Set([
  '$queryRaw',
  '$queryRawUnsafe',
  '$queryRawTyped',
  '$executeRaw',
  '$executeRawUnsafe',
]);

/** Clock, randomness and I/O, which pure rules do without: they take `now` and whatever else as arguments. */
export const impure = {
  part: 'domain' as Part,
  globals: new Set([
    'console',
    'crypto',
    'fetch',
    'performance',
    'process',
    'queueMicrotask',
    'setImmediate',
    'setInterval',
    'setTimeout',
  ]) as ReadonlySet<string>,
  members: new Set(['Date.now', 'Math.random']) as ReadonlySet<string>,
};

/** Files that may consist of re-exports alone: its exports are the registered workflow types. */
export const allowedBarrels: ReadonlySet<string> = new Set(['workflows/index.ts']);
