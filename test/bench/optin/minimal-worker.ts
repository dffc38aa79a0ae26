// The worker of the minimal workflow, a process of its own like the product's.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadConfig } from '../../../libs/config/config.js';
import { derivePayloadKey, EncryptingCodec } from '../../../libs/privacy/payload-codec.js';
import { dataConverterWith } from '../../../libs/temporal/data-converter.js';

interface SignUp {
  accountId: string;
  signUpId: string;
}

export interface MinimalActivities {
  decide(input: SignUp): Promise<{ waitMs: number; optInId: string }>;
  mail(input: SignUp): Promise<{ queued: boolean }>;
}

const activities: MinimalActivities = {
  async decide({ signUpId }) {
    return { waitMs: 86_400_000, optInId: signUpId };
  },
  async mail({ signUpId }) {
    process.send?.({ mailed: signUpId });
    return { queued: true };
  },
};

Runtime.install({ logger: new DefaultLogger('WARN') });
const config = loadConfig();
const connection = await NativeConnection.connect({ address: config.temporal.address });
const worker = await Worker.create({
  connection,
  namespace: config.temporal.namespace,
  taskQueue: process.argv[2]!,
  workflowsPath: fileURLToPath(new URL('../workflows/minimal-opt-in.js', import.meta.url)),
  dataConverter: dataConverterWith(new EncryptingCodec(derivePayloadKey(config.keyEncryptionKey))),
  activities: activities as unknown as Record<string, (input: SignUp) => Promise<unknown>>,
});
const running = worker.run();
process.send?.({ ready: true });
await once(process, 'disconnect');
worker.shutdown();
await running;
await connection.close();
