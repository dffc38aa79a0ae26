import { ConfigError, loadConfig } from '../../libs/config/config.js';
import { createLogger, describeError } from '../../libs/log/log.js';
import { startTraces } from '../../libs/telemetry/traces.js';
import { createApp } from './create-app.js';

/** Connections that are still open this long after the signal to stop are cut. */
const stopLimitMs = 15_000;

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('api', config.logLevel);
  const endTraces = startTraces('api', config.otlpEndpoint);
  const app = await createApp(config);
  let stopping = false;

  async function stop(reason: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    setTimeout(() => process.exit(1), stopLimitMs).unref();
    await app.close();
    await endTraces();
    process.exit(0);
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Started by the local stack: when that process is gone, nobody would stop this one.
  if (process.channel) process.on('disconnect', () => void stop('disconnect'));

  await app.listen(config.port, config.host);
  const address = app.getHttpServer().address() as { port: number };
  log.info({ host: config.host, port: address.port }, 'listening');
  process.send?.({ ready: true, port: address.port });
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  // Before the first request there is nothing personal that an error could repeat.
  else process.stderr.write(`${error instanceof Error ? error.stack : JSON.stringify(describeError(error))}\n`);
  process.exit(1);
});
