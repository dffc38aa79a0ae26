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

/**
 * What may be logged of an error: its class and code. Messages of foreign libraries repeat addresses, values and
 * queries, so they stay out; the stack's file positions are kept.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    error: error.name,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    at: error.stack
      ?.split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 6)
      .map((line) => line.trim())
      .join(' '),
  };
}
