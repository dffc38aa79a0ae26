import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Guard } from './guard.js';

const VERSION = 'v1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@${VERSION}`;
const REPORT_EVERY_MS = 5_000;

export interface TemporalCliOptions {
  /** TEMPORAL_CLI */
  given: string | undefined;
  /** PATH, XDG_CACHE_HOME, and what `go` needs. */
  hostEnvironment: Record<string, string>;
  guard: Guard;
  onProgress: (line: string) => void;
}

/**
 * The `temporal` program, which carries the development server. In this order: TEMPORAL_CLI, PATH, our own cache
 * (`${XDG_CACHE_HOME:-~/.cache}/assent/temporal-v1.5.1`), what Temporal's SDK has downloaded, and at last a build with
 * Go into our cache, which takes about 2 minutes, once.
 * @throws Error when there is none and it cannot be built
 */
export async function resolveTemporalCli(options: TemporalCliOptions): Promise<string> {
  const { given, hostEnvironment, onProgress } = options;
  if (given !== undefined) {
    if (!isExecutable(given)) throw new Error('TEMPORAL_CLI is not a program that can be run');
    return given;
  }
  const onPath = findOnPath('temporal', hostEnvironment.PATH);
  if (onPath) return onPath;
  const cache = join(hostEnvironment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'assent', `temporal-${VERSION}`);
  const cached = join(cache, 'temporal');
  if (isExecutable(cached)) return cached;
  const downloaded = findDownload();
  if (downloaded) return downloaded;
  const go = findOnPath('go', hostEnvironment.PATH) ?? ['/usr/local/go/bin/go'].find(isExecutable);
  if (!go) {
    throw new Error(
      `The Temporal server is missing. Install the "temporal" program (https://docs.temporal.io/cli) or Go 1.26, ` +
        `or set TEMPORAL_CLI (the program) or TEMPORAL_ADDRESS (a running server).`,
    );
  }
  onProgress(`building the Temporal server into ${cache}, once, about 2 minutes`);
  await build(go, cache, options);
  return cached;
}

async function build(
  go: string,
  cache: string,
  { hostEnvironment, guard, onProgress }: TemporalCliOptions,
): Promise<void> {
  mkdirSync(cache, { recursive: true });
  // Inside the cache, so that the rename stays on one file system and either happens or does not.
  const draft = mkdtempSync(join(cache, 'build-'));
  const began = Date.now();
  const report = setInterval(() => {
    onProgress(`building the Temporal server, once, about 2 minutes … ${Math.round((Date.now() - began) / 1000)} s`);
  }, REPORT_EVERY_MS);
  try {
    const env = { ...hostEnvironment, GOBIN: draft };
    const child = spawn(go, ['install', MODULE], { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4_000);
    });
    if (child.pid !== undefined) guard.watch(child.pid, 'SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    if (child.pid !== undefined) guard.forget(child.pid);
    if (code !== 0) throw new Error(`The Temporal server could not be built (exit code ${code}):\n${errors.trim()}`);
    renameSync(join(draft, 'temporal'), join(cache, 'temporal'));
    onProgress(`built the Temporal server in ${Math.round((Date.now() - began) / 1000)} s`);
  } finally {
    clearInterval(report);
    rmSync(draft, { recursive: true, force: true });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // Missing, not ours to run, or below something that is no folder: the answer is the same.
  }
}

function findOnPath(name: string, path: string | undefined): string | undefined {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The SDK's own downloader leaves `temporal-sdk-typescript-<version>` in the folder for temporary files. */
function findDownload(): string | undefined {
  const names = readdirSync(tmpdir()).filter((name) => /^temporal-sdk-typescript-\d[\w.-]*$/.test(name));
  return names
    .filter((name) => !name.endsWith('.downloading'))
    .sort()
    .reverse()
    .map((name) => join(tmpdir(), name))
    .find(isExecutable);
}
