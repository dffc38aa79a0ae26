import { join } from 'node:path';
import { Guard } from '../../apps/stack/guard.js';
import { apiProcess } from '../../apps/stack/node-process.js';
import { ReservedPort } from '../../apps/stack/ports.js';
import { runningStack } from './stack.js';

export interface ApiProcess {
  url: string;
  stop(): Promise<void>;
}

/** One more process of the API on the databases of the stack that all specs share. */
export async function startApiProcess(logFolder: string, extraEnv: Record<string, string>): Promise<ApiProcess> {
  const guard = new Guard();
  const port = await ReservedPort.reserve('api', 0);
  const url = `http://127.0.0.1:${port.number}`;
  const env = { ...runningStack().env, ...extraEnv, PORT: String(port.number) };
  const logFile = join(logFolder, `api-${port.number}.log`);
  const service = apiProcess({ guard, onUnexpectedExit: () => undefined, env, url, logFile });
  const stop = async () => {
    await service.stop();
    await guard.release();
  };
  await port.release();
  try {
    await service.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
