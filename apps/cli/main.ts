import { ConfigError } from '../../libs/config/config.js';
import { DomainError } from '../../libs/domain/errors.js';
import { type Command, helpOf, readOptions, UsageError } from './command.js';
import { accountCreate } from './commands/account-create.js';
import { dbMigrate } from './commands/db-migrate.js';
import { doctor } from './commands/doctor.js';
import { openapi } from './commands/openapi.js';
import { operatorKeyCreate } from './commands/operator-key-create.js';
import { reconcile } from './commands/reconcile.js';

const commands: Command[] = [dbMigrate, operatorKeyCreate, accountCreate, openapi, reconcile, doctor];

function overview(among: Command[]): string {
  const lines = among.map((command) => `  ${command.name.padEnd(22)} ${command.summary}`);
  return ['npm run assent -- COMMAND [--help]', '', ...lines].join('\n');
}

/** @returns the exit code: 0 done, 1 failed, 2 called wrongly */
async function main(args: string[]): Promise<number> {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = args.slice(0, firstOption === -1 ? args.length : firstOption).join(' ');
  const options = firstOption === -1 ? [] : args.slice(firstOption);
  const wantsHelp = options.includes('--help') || options.includes('-h');
  const command = commands.find(({ name }) => name === words);
  if (!command) return showOverview(words, wantsHelp);
  if (wantsHelp) {
    console.log(helpOf(command));
    return 0;
  }
  try {
    return (await command.run(readOptions(command, options))) ?? 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${helpOf(command)}`);
      return 2;
    }
    console.error(explain(error));
    return 1;
  }
}

function showOverview(words: string, wantsHelp: boolean): number {
  const among = commands.filter(({ name }) => words === '' || name.startsWith(`${words} `));
  if (among.length > 0 && wantsHelp) {
    console.log(overview(among));
    return 0;
  }
  const complaint = words === '' ? 'No command was given.' : `There is no command "${words}".`;
  console.error(`${complaint}\n\n${overview(among.length > 0 ? among : commands)}`);
  return 2;
}

/** An operator at the terminal needs the reason, also that of a database: it names hosts, not people. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof DomainError) return `${error.title}${error.detail ? `: ${error.detail}` : ''}`;
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await main(process.argv.slice(2));
