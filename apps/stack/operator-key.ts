import { spawnSync } from 'node:child_process';
import { entryPoint, packageRoot } from './package-root.js';
import type { Stack } from './stack.js';

/**
 * Makes an operator's key on a running stack, as an operator makes one: by the command.
 * @throws Error with the command's own words
 */
export function makeOperatorKey(stack: Stack, name: string): string {
  const command = [entryPoint('apps/cli/main.js'), 'operator-key', 'create', '--name', name];
  const made = spawnSync(process.execPath, command, { cwd: packageRoot(), env: stack.env, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`operator-key create ended with ${made.status}: ${made.stderr}`);
  return JSON.parse(made.stdout).secret;
}
