import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hostEnvironment } from '../../libs/config/host-environment.js';

const version = '4.32.5';

/**
 * The fuzzer in a Python environment of its own, in the cache (`${XDG_CACHE_HOME:-~/.cache}/assent`): it is installed
 * once. Returns its program.
 * @throws Error where Python is missing or the package cannot be installed
 */
export function installSchemathesis(onProgress: (line: string) => void): string {
  const env = hostEnvironment();
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'assent', `schemathesis-${version}`);
  const program = join(cache, 'bin', 'schemathesis');
  const finished = join(cache, 'installed');
  if (existsSync(finished)) return program;
  onProgress(`installing schemathesis ${version} into ${cache}, once`);
  // An environment names its own folder, so it is made in its place; the mark at the end says that it is whole.
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  run('python3', ['-m', 'venv', cache]);
  run(join(cache, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`]);
  mkdirSync(`${finished}.new`);
  renameSync(`${finished}.new`, finished);
  return program;
}

function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) throw new Error(`${command} ${args[0]} failed (${error?.message ?? status})`);
}

export interface FuzzRun {
  program: string;
  /** Of the OpenAPI document. */
  url: string;
  headers: Record<string, string>;
  phases: string[];
  maxExamples: number;
  seed: number;
  /** It is ended after this time, which counts as a failure: a hang is one. */
  limitMs: number;
}

/** Runs all checks over every operation. Resolves with the exit code and what was printed. */
export async function fuzz(options: FuzzRun): Promise<{ exitCode: number; output: string }> {
  const { program, url, headers, phases, maxExamples, seed, limitMs } = options;
  const config = new URL('../../../test/fuzz/schemathesis.toml', import.meta.url).pathname;
  const args = [
    ...['--config-file', config],
    ...['run', url, '--checks', 'all', '--mode', 'all', '--no-color'],
    ...[
      '--phases',
      phases.join(','),
      '--max-examples',
      String(maxExamples),
      '--seed',
      String(seed),
      '--generation-database',
      'none',
    ],
    ...['--workers', '1', '--request-timeout', '10', '--continue-on-failure', '--suppress-health-check', 'all'],
    // Open on this machine, where the fuzzer is: it would find that no key is asked for.
    ...['--exclude-path', '/metrics'],
    ...['--no-shrink', '--warnings', 'off'],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  clearTimeout(limit);
  return { exitCode, output };
}
