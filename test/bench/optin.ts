import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, WorkflowUpdateStage } from '@temporalio/client';
import { loadConfig } from '../../libs/config/config.js';
import { createAccount } from '../../libs/db/accounts.js';
import { Database } from '../../libs/db/database.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';
import { dataConverterWith } from '../../libs/temporal/data-converter.js';
import { accountIdAttribute } from '../../workflows/search-attributes.contract.js';
import { type OwnStack, startOwnStack } from '../support/stack.js';
import type { BenchOptions } from './main.js';
import { cpuMs } from './optin/cpu-time.js';
import { MailSink } from './optin/mail-sink.js';

const inFlight = 100;
const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const parts = ['api', 'worker', 'temporal', 'postgres'] as const;

export interface OptInResult {
  n: number;
  optins_per_s: number;
  ceiling_per_s: number;
  /** Of what Temporal allows on this machine; at least 0.7 is wanted. */
  ratio: number;
  /** Processor time of each part for one opt-in, in milliseconds. */
  cpu_ms_per_optin: Record<string, number>;
  ceiling_cpu_ms_per_optin: Record<string, number>;
}

/**
 * Whole opt-ins a second on the real stack: form posted, mail received over SMTP, button pressed, consent committed,
 * workflow ended. Beside it, on the same Temporal server, a workflow that issues the same commands and does nothing.
 */
export async function run({ n = 2_000, onProgress }: BenchOptions): Promise<OptInResult> {
  const sink = await MailSink.start();
  const extraEnv = { SMTP_RELAY_URL: sink.url, LOG_LEVEL: 'warn' };
  const stack = await startOwnStack({ extraEnv }, (line) => onProgress(`  ${line}`));
  try {
    const product = await Product.open(stack, sink);
    const minimal = await Minimal.open(stack);
    try {
      for (const side of [product, minimal]) await measure(stack, side, Math.min(100, Math.ceil(n / 10)));
      onProgress(`${n} opt-ins`);
      const real = await measure(stack, product, n);
      onProgress(`${real.perSecond} a second; ${n} of the minimal workflow`);
      const ceiling = await measure(stack, minimal, n);
      return {
        n,
        optins_per_s: real.perSecond,
        ceiling_per_s: ceiling.perSecond,
        ratio: Math.round((real.perSecond / ceiling.perSecond) * 1000) / 1000,
        cpu_ms_per_optin: real.cpu,
        ceiling_cpu_ms_per_optin: ceiling.cpu,
      };
    } finally {
      await Promise.all([product.close(), minimal.close()]);
    }
  } finally {
    agent.destroy();
    await stack.stop();
    await sink.stop();
  }
}

interface Side {
  /** One opt-in, until the person has confirmed. */
  one(): Promise<void>;
  /** A worker that is no part of the stack. */
  workerPid?: number;
  /** Until no workflow of it is left. */
  ended(): Promise<void>;
}

async function measure(
  stack: OwnStack,
  side: Side,
  n: number,
): Promise<{ perSecond: number; cpu: Record<string, number> }> {
  const used = () =>
    parts.map((part) => cpuMs(part === 'worker' && side.workerPid ? side.workerPid : stack.pids[part]!));
  const before = used();
  const begun = performance.now();
  let left = n;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1;
        await side.one();
      }
    }),
  );
  await side.ended();
  const seconds = (performance.now() - begun) / 1000;
  const round = (value: number) => Math.round(value * 10) / 10;
  const cpu = used().map((ms, index) => [parts[index], round((ms - before[index]!) / n)] as const);
  return { perSecond: round(n / seconds), cpu: Object.fromEntries(cpu) };
}

function temporalOf(stack: OwnStack): { client: Client; connection: Connection } {
  const config = loadConfig(stack.env);
  const connection = Connection.lazy({ address: config.temporal.address });
  const dataConverter = dataConverterWith(new EncryptingCodec(derivePayloadKey(config.keyEncryptionKey)));
  return { client: new Client({ connection, namespace: config.temporal.namespace, dataConverter }), connection };
}

async function untilNoneRuns(client: Client, accountId: string): Promise<void> {
  const query = `ExecutionStatus = 'Running' AND AccountId = '${accountId}'`;
  while ((await client.workflow.count(query)).count > 0) await pause(50);
}

/** One POST of a form; @throws Error when the answer is not the one that is expected */
async function post(url: string, body: string, expected: number): Promise<void> {
  const sent = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) },
  });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== expected) throw new Error(`${response.statusCode} instead of ${expected}`);
}

/** The whole product: one account with a form. */
class Product implements Side {
  private constructor(
    private readonly sink: MailSink,
    private readonly api: string,
    private readonly formUrl: string,
    private readonly accountId: string,
    private readonly temporal: ReturnType<typeof temporalOf>,
  ) {}

  static async open(stack: OwnStack, sink: MailSink): Promise<Product> {
    const config = loadConfig(stack.env);
    const db = new Database(config.databaseUrl, 1);
    const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
    const { id, apiKey } = await createAccount(db, keyring, 'Bench');
    await Promise.all([db.close(), keyring.close()]);
    const make = async (path: string, body: object) => {
      const response = await fetch(`${stack.urls.api}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey.secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as { id: string; url: string };
    };
    const brand = await make('/v1/brands', {
      name: 'Bench',
      color: '#0b6e4f',
      sender_name: 'Bench',
      sender_email: 'news@bench.example',
      controller: 'Bench Ltd',
      postal_address: 'Quay 1',
      privacy_notice_url: 'https://bench.example/privacy',
    });
    const list = await make('/v1/lists', { brand_id: brand.id, name: 'News', purpose: 'News' });
    const words = { title: 'News', purpose: 'News', consent_text: 'Yes', tracking_text: 'Measure', submit_label: 'Go' };
    const form = await make('/v1/forms', { list_id: list.id, name: 'Form', languages: { en: words } });
    const { url } = await make(`/v1/forms/${form.id}/publish`, {});
    return new Product(sink, stack.urls.api, url, id, temporalOf(stack));
  }

  async one(): Promise<void> {
    const email = `${randomUUID()}@bench.example`;
    const link = this.sink.linkTo(email);
    await post(this.formUrl, `email=${encodeURIComponent(email)}&consent=yes`, 202);
    await post(`${this.api}${await link}`, '', 200);
  }

  /** The command that ends a workflow may still be in the outbox: its workflow then still runs. */
  ended(): Promise<void> {
    return untilNoneRuns(this.temporal.client, this.accountId);
  }

  close(): Promise<void> {
    return this.temporal.connection.close();
  }
}

/** The minimal workflow with a worker of its own. */
class Minimal implements Side {
  readonly #mailed = new Map<string, () => void>();
  readonly #accountId = randomUUID();

  private constructor(
    private readonly worker: ChildProcess,
    private readonly taskQueue: string,
    private readonly temporal: ReturnType<typeof temporalOf>,
  ) {
    worker.on('message', ({ mailed }: { mailed?: string }) => mailed && this.#mailed.get(mailed)?.());
  }

  static async open(stack: OwnStack): Promise<Minimal> {
    const taskQueue = 'bench-minimal';
    const script = fileURLToPath(new URL('./optin/minimal-worker.js', import.meta.url));
    const worker = fork(script, [taskQueue], { env: stack.env, execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
    await Promise.race([
      once(worker, 'message'),
      once(worker, 'exit').then(() => Promise.reject(new Error('The minimal worker did not start.'))),
    ]);
    return new Minimal(worker, taskQueue, temporalOf(stack));
  }

  get workerPid(): number {
    return this.worker.pid!;
  }

  async one(): Promise<void> {
    const signUpId = randomUUID();
    const mailed = new Promise<void>((resolve) => this.#mailed.set(signUpId, resolve));
    const handle = await this.temporal.client.workflow.start('minimalOptIn', {
      taskQueue: this.taskQueue,
      workflowId: `minimal:${signUpId}`,
      args: [{ accountId: this.#accountId, signUpId }],
      typedSearchAttributes: [{ key: accountIdAttribute, value: this.#accountId }],
      staticSummary: 'Issues the commands of an opt-in',
    });
    await mailed;
    this.#mailed.delete(signUpId);
    await handle.startUpdate('confirm', {
      args: [{ optInId: signUpId }],
      waitForStage: WorkflowUpdateStage.ACCEPTED,
    });
  }

  ended(): Promise<void> {
    return untilNoneRuns(this.temporal.client, this.#accountId);
  }

  async close(): Promise<void> {
    const exited = once(this.worker, 'exit');
    this.worker.disconnect();
    await exited;
    await this.temporal.connection.close();
  }
}
