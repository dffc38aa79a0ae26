// The sources are ES modules and are tested as such: Node is started with --experimental-vm-modules (test/run.mjs).
// The options of .swcrc stand here again because its `exclude` keeps swc from files that jest hands over by name.
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/', '<rootDir>/data/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
};

const specs = (...folders) => folders.map((folder) => `<rootDir>/${folder}/**/*.spec.ts`);

export default {
  watchman: false,
  projects: [
    { ...shared, displayName: 'architecture', testMatch: specs('test/architecture') },
    { ...shared, displayName: 'unit', testMatch: specs('libs', 'workflows', 'activities', 'apps') },
    {
      ...shared,
      displayName: 'integration',
      testMatch: specs('test/support', 'test/integration', 'test/browser', 'test/e2e', 'test/replay'),
      // One stack for all of them. Starting it has no time limit of jest's: the first time, it builds Temporal's server.
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
      setupFilesAfterEnv: ['<rootDir>/test/support/time-limit.mjs'],
    },
  ],
};
