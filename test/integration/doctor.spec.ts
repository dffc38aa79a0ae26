import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { runningStack } from '../support/stack.js';
import { StackAccess } from '../support/test-account.js';

interface Finding {
  check: string;
  result: 'ok' | 'warning' | 'failed';
  found: string;
  todo?: string;
}

const command = join(import.meta.dirname, '../../dist/apps/cli/main.js');

/** Runs `assent doctor` with a changed environment. */
function doctor(changes: Record<string, string> = {}, args: string[] = []) {
  const env = { ...runningStack().env, ...changes };
  return new Promise<{ exitCode: number; output: string }>((resolve, reject) => {
    execFile(process.execPath, [command, 'doctor', ...args], { env }, (error, stdout, stderr) => {
      if (stderr !== '') reject(new Error(stderr));
      else resolve({ exitCode: (error?.code as number | undefined) ?? 0, output: stdout });
    });
  });
}

async function findingsOf(changes: Record<string, string>): Promise<{ exitCode: number; findings: Finding[] }> {
  const { exitCode, output } = await doctor(changes, ['--json']);
  return { exitCode, findings: (JSON.parse(output) as { findings: Finding[] }).findings };
}

const stack = new StackAccess();
beforeAll(() => stack.openAccount());
afterAll(() => stack.close());

test('a good set-up is told line by line, and ends with 0', async () => {
  const { exitCode, output } = await doctor();
  const lines = output.trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  expect(lines.map((line) => /^ok +([^:]+):/.exec(line)?.[1])).toEqual([
    'environment',
    'application database',
    'migrations',
    'database roles',
    'login role',
    'row-level security',
    'clocks',
    'keyring',
    'key-encryption key',
    'Temporal',
    'namespace',
    'search attributes',
    'workers',
    'mail relay',
    'PUBLIC_URL',
  ]);
  expect(exitCode).toBe(0);
});

test.each<[string, Record<string, string>, string[]]>([
  ['a variable that is missing', { KEY_ENCRYPTION_KEY: '' }, ['environment']],
  [
    'what is away',
    {
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/assent',
      KEYRING_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/keyring',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      SMTP_RELAY_URL: 'smtp://127.0.0.1:1',
    },
    ['application database', 'keyring', 'Temporal', 'mail relay'],
  ],
  [
    'what is another one than it should be',
    {
      DATABASE_URL: runningStack().env.KEYRING_DATABASE_URL!,
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      TEMPORAL_NAMESPACE: 'nowhere',
    },
    ['migrations', 'key-encryption key', 'namespace'],
  ],
])('%s is named with what to do, and ends with 1', async (_what, changes, failing) => {
  const { exitCode, findings } = await findingsOf(changes);
  const failures = findings.filter(({ result }) => result === 'failed');
  expect(failures.map(({ check }) => check)).toEqual(failing);
  expect(failures.every(({ todo }) => todo !== undefined && todo.length > 10)).toBe(true);
  expect(exitCode).toBe(1);
});

test('a public address without TLS is a warning, which is no failure', async () => {
  const { exitCode, findings } = await findingsOf({ PUBLIC_URL: 'http://letters.example' });
  expect(findings.filter(({ result }) => result !== 'ok')).toMatchObject([
    { check: 'PUBLIC_URL', result: 'warning', found: 'links in mail are not https' },
  ]);
  expect(exitCode).toBe(0);
});

test('secrets of the environment are not repeated', async () => {
  const { output } = await doctor({ SMTP_RELAY_URL: 'smtp://annabel:hunter2@127.0.0.1:1' }, ['--json']);
  expect(output).toContain('ECONNREFUSED');
  for (const secret of ['hunter2', 'annabel', runningStack().env.KEY_ENCRYPTION_KEY!])
    expect(output).not.toContain(secret);
});
