import type { ChildProcess } from 'node:child_process';
import { ChildService, type ChildSurroundings, type Service, until } from './child-service.js';
import { entryPoint, packageRoot } from './package-root.js';

export interface AppOptions extends ChildSurroundings {
  /** The complete environment. */
  env: Record<string, string>;
  logFile: string;
}

/** The HTTP API. It is ready when `GET /readyz` answers 200. */
export function apiProcess(options: AppOptions & { url: string }): Service {
  return new ChildService(
    {
      ...shared('the API', 'apps/api/main.js', options),
      stopGraceMs: 3_000,
      ready: (_child, signal) =>
        until(async () => {
          const response = await fetch(`${options.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
          await response.body?.cancel();
          return response.status === 200;
        }, signal),
    },
    options,
  );
}

/** The Temporal worker. It says `process.send({ ready: true })` when it polls its task queues. */
export function workerProcess(options: AppOptions): Service {
  return new ChildService(
    {
      ...shared('the worker', 'apps/worker/main.js', options),
      stopGraceMs: 8_000,
      ready: (child) => untilReadyMessage(child),
    },
    options,
  );
}

/** Resolves when the child sends `{ ready: true }` over its channel. Whoever waits sets the time limit. */
export function untilReadyMessage(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown) => {
      if (typeof message !== 'object' || message === null || (message as { ready?: unknown }).ready !== true) return;
      child.off('message', onMessage);
      resolve();
    };
    child.on('message', onMessage);
  });
}

function shared(name: string, entry: string, { env, logFile }: AppOptions) {
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', entryPoint(entry)],
    env,
    cwd: packageRoot(),
    ipc: true,
    logFile,
    stopSignal: 'SIGTERM' as const,
    readyWithinMs: 120_000,
  };
}
