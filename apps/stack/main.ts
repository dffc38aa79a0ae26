// npm start: the whole of Assent in the foreground.
import { join } from 'node:path';
import { ConfigError } from '../../libs/config/config.js';
import { seed } from './seed.js';
import { onEndRequested } from './signals.js';
import { type Stack, startStack } from './stack.js';

let stack: Stack | undefined;
let ending: string | undefined;

/** Before the stack is up there is nothing to stop in order: the guard ends what has started. */
async function end(line: string, exitCode: number): Promise<never> {
  ending = line;
  console.log(`\n${line}`);
  await stack?.stop();
  process.exit(exitCode);
}

onEndRequested((reason) => void end(`Stopping (${reason}) …`, 0));

try {
  stack = await startStack({ onProgress: (line) => console.log(`  ${line}`) });
  void stack.failed.then((description) => {
    if (ending === undefined) return end(`${description}. Stopping everything; its log is in ${logs(stack!)}.`, 1);
  });
  const rows: Array<[string, string]> = [
    ['API', stack.urls.api],
    ['API docs', stack.urls.docs],
    ['Inbox', stack.urls.inbox || stack.urls.inboxSmtp],
    ['Metrics', `${stack.urls.api}/metrics and ${stack.urls.workerMetrics}`],
    ['Temporal UI', stack.urls.temporalUi ?? `of the server at ${stack.env.TEMPORAL_ADDRESS}`],
    ...(await seed(stack)),
    ['Logs', logs(stack)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  console.log(
    `\nAssent is running.\n\n${rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n')}`,
  );
  console.log('\nCtrl-C stops everything.');
} catch (error) {
  if (ending === undefined) {
    const explained = error instanceof ConfigError || (error instanceof Error && error.name === 'Error');
    console.error(explained ? error.message : error);
    await stack?.stop();
    process.exit(1);
  }
}

function logs({ dataDir }: Stack): string {
  return join(dataDir, 'logs');
}
