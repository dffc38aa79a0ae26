import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The part of WebAssembly used here. TypeScript declares it only together with the browser's types, which stay out. */
declare const WebAssembly: {
  instantiate(
    binary: Uint8Array,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/** The part of Prisma's schema engine (WebAssembly build) that migrations use. */
export interface SchemaEngine {
  applyMigrations(input: {
    migrationsList: unknown;
    filters: { externalTables: string[]; externalEnums: string[] };
  }): Promise<{ appliedMigrationNames: string[] }>;
}

export interface SchemaEngineFactory {
  new: (options: unknown, log: (line: string) => void, adapter: unknown) => Promise<SchemaEngine>;
}

let loaded: Promise<SchemaEngineFactory> | undefined;

/** The engine, loaded once: its bindings are module state, and a second instance would break the first. */
export function loadSchemaEngine(): Promise<SchemaEngineFactory> {
  loaded ??= instantiate();
  return loaded;
}

/**
 * Loads Prisma's own schema engine from its WebAssembly package: the native one is downloaded from the open internet,
 * which an installation behind a package mirror cannot reach. Instantiated by hand because Node 20 cannot import .wasm.
 */
async function instantiate(): Promise<SchemaEngineFactory> {
  // Where the engine leaves the message of a panic before it aborts; without it the abort hides the reason.
  (globalThis as Record<string, unknown>).PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message: string) => process.stderr.write(`schema engine: ${message}\n`),
  };
  const require = createRequire(import.meta.url);
  const background = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as Record<
    string,
    unknown
  >;
  const binary = await readFile(
    require.resolve('@prisma/schema-engine-wasm').replace(/schema_engine\.js$/, 'schema_engine_bg.wasm'),
  );
  const { instance } = await WebAssembly.instantiate(binary, {
    './schema_engine_bg.js': background,
  });
  (background.__wbg_set_wasm as (exports: unknown) => void)(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return background.SchemaEngine as never;
}
