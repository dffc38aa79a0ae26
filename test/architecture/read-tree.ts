import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Every TypeScript file under the folders, with its path from the root of the repository. */
export function readSources(folders: readonly string[]): Map<string, string> {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${entry}`;
      if (path.endsWith('.ts')) sources.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return sources;
}

/** Every file that git tracks and that is still there, with its path from the root of the repository. */
export function trackedFiles(): Map<string, string> {
  // A checkout may belong to another user than the one who tests it (containers, CI); reading its list is harmless.
  const listed = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const deleted = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files', '-z', '--deleted'], {
    cwd: root,
    encoding: 'utf8',
  });
  const gone = new Set(deleted.split('\0'));
  const paths = listed.split('\0').filter((path) => path !== '' && !gone.has(path));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'latin1')]));
}
