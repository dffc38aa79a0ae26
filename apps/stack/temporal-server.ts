import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { ChildService, type ChildSurroundings, type Service, until } from './child-service.js';

export interface TemporalOptions extends ChildSurroundings {
  cli: string;
  dataDir: string;
  port: number;
  uiPort: number;
  namespace: string;
  codecUrl: string;
  hostEnvironment: Record<string, string>;
  logFile: string;
}

/**
 * Temporal's development server with its UI on 127.0.0.1. Histories are kept in `<dataDir>/temporal` and survive a
 * restart; synchronous=NORMAL with a write-ahead log survives `kill -9`, and may lose the last moments when the machine
 * itself goes down.
 */
export function temporalServer(options: TemporalOptions): Service {
  const { port, namespace, dataDir } = options;
  mkdirSync(join(dataDir, 'temporal'), { recursive: true, mode: 0o700 });
  const args = ['server', 'start-dev', '--disable-config-env', '--disable-config-file', '--color', 'never'];
  args.push('--ip', '127.0.0.1', '--port', String(port), '--ui-ip', '127.0.0.1', '--ui-port', String(options.uiPort));
  args.push('--ui-codec-endpoint', options.codecUrl, '--namespace', namespace);
  args.push('--db-filename', join(dataDir, 'temporal', 'temporal.sqlite'));
  args.push('--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL');
  return new ChildService(
    {
      name: 'Temporal',
      command: options.cli,
      args,
      env: options.hostEnvironment,
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      stopGraceMs: 4_000,
      readyWithinMs: 90_000,
      ready: (_child, signal) => untilTemporalAnswers(`127.0.0.1:${port}`, namespace, signal),
    },
    options,
  );
}

/** Waits until the namespace can be described: an open port comes seconds before that. */
export async function untilTemporalAnswers(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    await until(async () => {
      await connection.withDeadline(Date.now() + 1_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    }, signal);
  } finally {
    await connection.close();
  }
}
