import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: above apps/stack in the sources, above dist/apps/stack when compiled. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json was not found above the stack');
    folder = above;
  }
  return folder;
}

/**
 * A compiled entry point of this package. Children are always started from the build, also where the stack itself runs
 * from its sources.
 * @param name below dist, for example `apps/api/main.js`
 */
export function entryPoint(name: string): string {
  const file = join(packageRoot(), 'dist', name);
  if (!existsSync(file)) throw new Error(`dist/${name} does not exist: run "npm run build" first`);
  return file;
}
