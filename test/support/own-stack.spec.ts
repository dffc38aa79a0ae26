import { existsSync } from 'node:fs';
import { type OwnStack, startOwnStack } from './stack.js';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

describe('a stack of a spec’s own', () => {
  let stack: OwnStack | undefined;

  afterEach(() => stack?.stop());

  test('lets the spec kill a part and start it again', async () => {
    stack = await startOwnStack({ apps: [] });
    const before = await stack.services.postgres.pid();
    expect(before).toBe(stack.pids.postgres);
    await stack.services.postgres.kill('SIGKILL');
    expect(isRunning(before)).toBe(false);
    await expect(stack.services.postgres.pid()).rejects.toThrow();
    await stack.services.postgres.start();
    expect(await stack.services.postgres.pid()).not.toBe(before);
  }, 120_000);

  test('is gone when it was stopped, with its processes and its data', async () => {
    stack = await startOwnStack({ apps: [] });
    const pids = Object.values(stack.pids);
    expect(pids.length).toBeGreaterThan(0);
    expect(pids.filter(isRunning)).toEqual(pids);
    await stack.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(existsSync(stack.dataDir)).toBe(false);
  }, 120_000);

  test('says why it does not start', async () => {
    const start = startOwnStack({ extraEnv: { DATABASE_URL: 'mysql://assent@127.0.0.1/assent' } });
    await expect(start).rejects.toThrow(/DATABASE_URL must be a URL that starts with postgresql:/);
  });
});
