import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * Fields a log line may carry. Ids, codes, counts and durations only: an address, a name, an IP, a token or a query
 * string in a log is a defect.
 */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * The one logger: JSON lines on standard output.
 * @param part the process that writes: api, worker, stack, cli
 */
export function createLogger(part: string, level: string): Logger {
  return pino({ level, base: { part, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
}

/** Codes are single words (ECONNREFUSED, P2002, address_blocked, 550); anything longer may be a message in disguise. */
const codePattern = /^[\w.-]{1,64}$/;
const positionPattern = /^\s+at .*:\d+:\d+\)?$/;

/** The first file positions of a stack. The message stands above them and may itself hold lines that look like some. */
function positions(error: Error): string | undefined {
  const { stack, message } = error;
  if (!stack) return undefined;
  const start = stack.indexOf(message);
  return stack
    .slice(start === -1 ? 0 : start + message.length)
    .split('\n')
    .filter((line) => positionPattern.test(line))
    .slice(0, 6)
    .map((line) => line.trim())
    .join(' ');
}

/**
 * What may be logged of an error: its class and code. Messages of foreign libraries repeat addresses, values and
 * queries, so they stay out; the stack's file positions are kept.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    error: codePattern.test(error.name) ? error.name : 'Error',
    code: typeof code === 'number' || (typeof code === 'string' && codePattern.test(code)) ? code : undefined,
    at: positions(error),
  };
}
