// npm run demo: the stack, one contact's whole life on it, a table of what happened.
import { ConfigError } from '../../../libs/config/config.js';
import { InboxClient } from '../inbox-client.js';
import { makeOperatorKey } from '../operator-key.js';
import { onEndRequested } from '../signals.js';
import { type Stack, startStack } from '../stack.js';
import { ApiClient } from './api-client.js';
import { Deviation } from './deviation.js';
import { type DemoStep, lifeOfAContact } from './steps.js';

const contacts = 500;
const keep = process.argv.includes('--keep');

let stack: Stack | undefined;
let ending = false;
async function end(exitCode: number): Promise<never> {
  ending = true;
  await stack?.stop();
  process.exit(exitCode);
}
onEndRequested(() => void end(130));

try {
  const begun = Date.now();
  stack = await startStack({ onProgress: (line) => console.log(`  ${line}`) });
  console.log(`  the stack is up after ${seconds(begun)}\n`);
  const run = `r${Date.now().toString(36)}`;
  const operator = new ApiClient(stack.urls.api, makeOperatorKey(stack, 'Demo'));
  const steps = lifeOfAContact({ operator, inbox: new InboxClient(stack.urls.inbox), run, contacts });
  const failed = await runSteps(steps);
  console.log(
    `\n  API docs     ${stack.urls.docs}\n  Inbox        ${stack.urls.inbox}\n  Temporal UI  ${stack.urls.temporalUi ?? stack.env.TEMPORAL_ADDRESS}`,
  );
  console.log(`  (they answer while the stack runs: npm run demo -- --keep, or npm start)`);
  console.log(
    `\n${failed ? `The demo deviated at step ${failed}` : 'Every step was as it should be'}, ${seconds(begun)} in all.`,
  );
  if (keep && !failed) {
    console.log('Ctrl-C stops everything.');
  } else {
    await end(failed ? 1 : 0);
  }
} catch (error) {
  if (!ending) {
    console.error(error instanceof ConfigError || error instanceof Deviation ? error.message : error);
    await end(1);
  }
}

/** Runs the steps until one deviates and prints the table. Returns the name of the step that deviated. */
async function runSteps(steps: DemoStep[]): Promise<string | null> {
  const rows: Array<[string, string, string, string]> = [['', 'Step', 'Time', 'Observed']];
  let failed: string | null = null;
  for (const step of steps) {
    const begun = Date.now();
    try {
      const observed = await step.run();
      rows.push(['ok', step.name, seconds(begun), observed]);
    } catch (error) {
      failed = step.name;
      rows.push(['NO', step.name, seconds(begun), error instanceof Error ? error.message : String(error)]);
      if (!(error instanceof Deviation)) console.error(error);
    }
    console.log(`  ${rows.at(-1)![0]}  ${step.name}`);
    if (failed) break;
  }
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  console.log('');
  for (const [index, row] of rows.entries()) {
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
    if (index === 0) console.log(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}  ${'─'.repeat(40)}`);
  }
  return failed;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
