import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { entryPoint, packageRoot } from '../../../apps/stack/package-root.js';
import type { OwnStack } from '../../support/stack.js';

/** The folder in which a part keeps what a backup of it holds. */
function folderOf(stack: OwnStack, part: 'postgres' | 'temporal'): string {
  if (part === 'temporal') return join(stack.dataDir, 'temporal');
  const pointer = join(stack.dataDir, 'postgres-location');
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : join(stack.dataDir, 'postgres');
}

/** Stops a part, copies its files, starts it again. */
export async function backUp(stack: OwnStack, part: 'postgres' | 'temporal'): Promise<void> {
  const folder = folderOf(stack, part);
  await stack.services[part].stop();
  await copyFolder(folder, `${folder}.backup`);
  await stack.services[part].start();
}

/** Puts the older files back under the part. */
export async function restore(stack: OwnStack, part: 'postgres' | 'temporal'): Promise<void> {
  const folder = folderOf(stack, part);
  await stack.services[part].stop();
  rmSync(folder, { recursive: true });
  renameSync(`${folder}.backup`, folder);
  await stack.services[part].start();
}

/** Owners are kept: PostgreSQL may run as another user. */
async function copyFolder(from: string, to: string): Promise<void> {
  if (process.platform === 'linux') {
    const { code, stderr } = await run('cp', ['-a', from, to], {});
    if (code !== 0) throw new Error(stderr);
  } else {
    cpSync(from, to, { recursive: true });
  }
}

/** One line of the command. */
export interface ReconcileLine {
  code: string;
  workflow_id: string;
  state: string;
  contact_id?: string;
  action: string;
}

export interface Reconciled {
  exitCode: number;
  lines: ReconcileLine[];
  total: { compared: number; held: number; restarted: number; ended: number };
}

/** `npm run assent -- reconcile`, as an operator runs it. */
export async function reconcile(stack: OwnStack, ...flags: string[]): Promise<Reconciled> {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [entryPoint('apps/cli/main.js'), 'reconcile', ...flags],
    stack.env,
  );
  if (stdout === '') throw new Error(`reconcile printed nothing: ${stderr}`);
  const printed = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { exitCode: code, lines: printed.slice(0, -1), total: printed.at(-1) };
}

function run(command: string, args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(command, args, { env, cwd: packageRoot() }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
    });
  });
}
