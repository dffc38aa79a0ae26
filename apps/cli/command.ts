import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Wrong use of a command: told with its help, exit 2. */
export class UsageError extends Error {}

export interface Command {
  /** The words that call it: `operator-key create`. */
  name: string;
  summary: string;
  options: Array<{
    name: string;
    value: string;
    summary: string;
    required?: boolean;
    /** Takes no value: given, it is the empty string. */
    flag?: boolean;
  }>;
  /** Prints what it did; answers the exit code where that is not 0. Failures are thrown. */
  run(options: Record<string, string | undefined>): Promise<void> | Promise<number>;
}

/** @throws UsageError naming the option that is unknown, missing or without its value */
export function readOptions(command: Command, args: string[]): Record<string, string | undefined> {
  const options: ParseArgsConfig['options'] = Object.fromEntries(
    command.options.map((option) => [option.name, { type: option.flag ? 'boolean' : 'string' }]),
  );
  const parsed = parse({ args, options, strict: true, allowPositionals: false }).values;
  const values = Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, value === true ? '' : value]),
  ) as Record<string, string | undefined>;
  const missing = command.options.filter((option) => option.required && !values[option.name]);
  if (missing.length > 0) throw new UsageError(missing.map((option) => `--${option.name} is missing`).join('\n'));
  return values;
}

function parse(config: ParseArgsConfig) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function helpOf(command: Command): string {
  const options = [...command.options, { name: 'help', value: '', summary: 'Show this' }];
  const written = options.map((option) => `  --${`${option.name} ${option.value}`.padEnd(20)} ${option.summary}`);
  const usage = command.options.map((option) =>
    option.required ? `--${option.name} ${option.value}` : `[${`--${option.name} ${option.value}`.trimEnd()}]`,
  );
  return [`assent ${[command.name, ...usage].join(' ')}`, '', command.summary, '', ...written].join('\n');
}
