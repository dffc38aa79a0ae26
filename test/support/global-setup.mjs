// Starts the stack that all specs of the integration project share, from the build, and leaves its description in a
// file: jest runs specs in contexts and processes of their own, which inherit the environment but no objects.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export default async function setUp() {
  const built = new URL('../../dist/test/support/stack.js', import.meta.url);
  if (!existsSync(fileURLToPath(built))) throw new Error('There is no build: run `npm run build` first.');
  const { descriptionVariable, startOwnStack } = await import(built.href);
  const stack = await startOwnStack({}, (line) => process.stderr.write(`stack: ${line}\n`));
  const file = join(stack.dataDir, 'description.json');
  // It holds the keys of this stack.
  writeFileSync(file, JSON.stringify({ env: stack.env, urls: stack.urls, pids: stack.pids }), { mode: 0o600 });
  process.env[descriptionVariable] = file;
  globalThis.assentTestStack = stack;
}
