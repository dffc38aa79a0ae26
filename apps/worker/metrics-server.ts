import { createServer } from 'node:http';
import { describeError, type Logger } from '../../libs/log/log.js';
import { metricsContentType, metricsText, type Sources } from '../../libs/telemetry/metrics.js';

/**
 * `GET /metrics` of the worker, on loopback only: whoever may open a connection there runs on the machine.
 * @param port METRICS_PORT; nothing is served where it is undefined
 * @returns ends it
 * @throws Error when the port is taken
 */
export async function serveMetrics(port: number | undefined, sources: Sources, log: Logger): Promise<() => void> {
  if (port === undefined) return () => undefined;
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    metricsText(sources).then(
      (text) => response.writeHead(200, { 'content-type': metricsContentType }).end(text),
      (error: unknown) => {
        log.error({ ...describeError(error) }, 'metrics cannot be read');
        response.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
