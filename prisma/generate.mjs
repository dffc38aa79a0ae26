// Generates the Prisma client into libs/db/generated (ignored by git). The client has no native engine, but
// `prisma generate` would still download one unless it is told that it has it: any existing file does.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const schema = `${root}prisma/schema.prisma`;
const generated = `${root}libs/db/generated/client.ts`;

if (!existsSync(generated) || statSync(generated).mtimeMs < statSync(schema).mtimeMs) {
  execFileSync(process.execPath, [`${root}node_modules/prisma/build/index.js`, 'generate', '--schema', schema], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: `${root}package.json`, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
}
