// npm test -- [--only unit|integration|architecture] [arguments of jest]
//
// Runs jest once for the specs that need nothing (two workers) and once for those that share a running stack (one after
// another: they look at the same database). The last line is always `N passed, N failed[, N skipped]`.
// What counts as a failure: a failed test, a spec file that cannot be loaded, a run in which no test was executed, and a
// run that does not end because a spec left something open.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const graceToExitMs = 30_000;

const alone = { projects: ['architecture', 'unit'], args: ['--maxWorkers=2'], build: false };
const onTheStack = { projects: ['integration'], args: ['--runInBand'], build: true };
const selections = {
  all: [alone, onTheStack],
  unit: [alone],
  integration: [onTheStack],
  architecture: [{ ...alone, projects: ['architecture'] }],
};

const total = { passed: 0, failed: 0, skipped: 0 };

/** Prints the last line and ends. The exit code is jest's own where it has one. */
function finish(exitCode) {
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  const code = total.failed > 0 && exitCode === 0 ? 1 : exitCode;
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`, () => process.exit(code));
}

function readArguments(given) {
  const rest = [...given];
  let only = 'all';
  const at = rest.findIndex((argument) => argument === '--only' || argument.startsWith('--only='));
  if (at !== -1) {
    const [flag] = rest.splice(at, 1);
    only = flag === '--only' ? rest.splice(at, 1)[0] : flag.slice('--only='.length);
  }
  return { passes: Object.hasOwn(selections, only ?? '') ? selections[only] : undefined, rest };
}

function prepare(passes) {
  const command = passes.some((pass) => pass.build) ? 'build' : 'generate';
  return spawnSync('npm', ['run', '--silent', command], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status;
}

let running;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

/** Runs jest for one pass. Resolves with its exit code, its results if it wrote any, and whether it had to be stopped. */
function runJest(pass, rest) {
  const folder = mkdtempSync(join(tmpdir(), 'assent-results-'));
  const outputFile = join(folder, 'results.json');
  // Flags of node, not NODE_OPTIONS: jest hands them to its own workers, and the processes that specs start stay free
  // of them. The projects come last because jest's option for them takes everything that follows.
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    '--ci',
    '--passWithNoTests',
  ];
  const ownWorkers = rest.some((argument) => /^(?:-i|-w|--runInBand|--maxWorkers)/.test(argument));
  args.push(
    ...(ownWorkers ? [] : pass.args),
    ...rest,
    '--json',
    `--outputFile=${outputFile}`,
    '--selectProjects',
    ...pass.projects,
  );
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    running = child;
    let stopped = false;
    let stop;
    const watch = setInterval(() => {
      if (stop || !existsSync(outputFile)) return;
      stop = setTimeout(() => {
        stopped = true;
        child.kill('SIGKILL');
      }, graceToExitMs);
    }, 500);
    child.on('close', (code) => {
      clearInterval(watch);
      clearTimeout(stop);
      running = undefined;
      const results = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : undefined;
      rmSync(folder, { recursive: true, force: true });
      resolve({ code: code ?? 1, results, stopped });
    });
  });
}

/** Adds a pass to the total; every reason for a non-zero exit that is not a failed test counts as one failure. */
function count({ code, results, stopped }, mustExecute) {
  const passed = results?.numPassedTests ?? 0;
  let failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  if (stopped) {
    process.stderr.write(`A spec left something open: jest did not exit within ${graceToExitMs / 1000} s.\n`);
    failed += 1;
  }
  if (failed === 0 && code !== 0 && !interrupted) failed = 1;
  if (failed === 0 && passed === 0 && mustExecute) {
    process.stderr.write('No test was executed.\n');
    failed = 1;
  }
  total.passed += passed;
  total.failed += failed;
  total.skipped += (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
}

const { passes, rest } = readArguments(process.argv.slice(2));
if (!passes) {
  process.stderr.write('--only takes unit, integration or architecture.\n');
  total.failed = 1;
  finish(2);
} else if (prepare(passes) !== 0) {
  total.failed = 1;
  finish(1);
} else {
  let exitCode = 0;
  for (const pass of passes) {
    if (interrupted) break;
    const outcome = await runJest(pass, rest);
    // Arguments may select a file that only one of the passes has; without them every pass must execute something.
    count(outcome, rest.length === 0);
    exitCode = Math.max(exitCode, outcome.code);
  }
  if (interrupted) {
    process.stderr.write('The run was interrupted.\n');
    total.failed += 1;
  } else if (total.passed + total.failed === 0) {
    process.stderr.write('No test was executed.\n');
    total.failed = 1;
  }
  finish(exitCode);
}
