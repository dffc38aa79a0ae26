import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from '../command.js';

const run = promisify(execFile);

export const openapi: Command = {
  name: 'openapi',
  summary: 'Write the OpenAPI 3.1 description of the API. Needs no database.',
  options: [{ name: 'out', value: 'FILE', summary: 'Where to write it; standard output otherwise' }],
  async run(options) {
    // A process of its own: the operator's commands do not load the API.
    const describe = fileURLToPath(new URL('../../api/describe.js', import.meta.url));
    const { stdout } = await run(process.execPath, [describe], { maxBuffer: 64 * 1024 * 1024 });
    if (options.out === undefined) process.stdout.write(stdout);
    else await writeFile(options.out, stdout);
  },
};
