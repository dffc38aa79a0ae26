// Prints the SQL that creates the tables of a schema file; needs any reachable, empty database:
// DATABASE_URL=… node prisma/diff.mjs prisma/schema.prisma
// The start of a new migration; row-level security and constraints that Prisma cannot express are added by hand.
import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { loadSchemaEngine } from '../dist/libs/db/schema-engine.js';

const path = process.argv[2] ?? 'prisma/schema.prisma';
const files = [{ path, content: readFileSync(path, 'utf8') }];
const SchemaEngine = await loadSchemaEngine();
const engine = await SchemaEngine.new(
  { datamodels: files.map((f) => [f.path, f.content]) },
  () => undefined,
  bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: process.env.DATABASE_URL })),
);
const result = await engine.diff({
  from: { tag: 'empty' },
  to: { tag: 'schemaDatamodel', files },
  script: true,
  shadowDatabaseUrl: null,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
});
process.stdout.write(result.stdout ?? '');
