/**
 * What a child process inherits of the environment that this process was started in (PATH, HOME, TZ, proxies, …).
 * The assent variables are not special here; whoever starts the child sets them. Left out: options of Node that were
 * meant for this process only (a test runner sets NODE_OPTIONS) and what npm tells its scripts.
 */
export function hostEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || name === 'NODE_OPTIONS' || /^npm_/i.test(name) || name.startsWith('JEST_')) continue;
    inherited[name] = value;
  }
  return inherited;
}
