import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/api/create-app.js';
import { problemSchema } from '../../apps/api/http/problem.js';
import { type Config, loadConfig } from '../../libs/config/config.js';
import { createAccount } from '../../libs/db/accounts.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { runningStack } from '../support/stack.js';
import { ProbeModule, probePermissions } from './api-probe.js';

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the specs look into answers of every shape.
  body: any;
}

export interface CallOptions {
  /** An empty one: no Authorization header. */
  key?: string;
  /** A string is sent as it is. */
  body?: unknown;
  headers?: object;
}

/** Sends one request. Every refusal is checked to be a problem of RFC 9457 as the API describes it. */
export async function send(url: string, method: string, path: string, options: CallOptions): Promise<Answer> {
  const { key, body, headers } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const answer: Answer = { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
  if (answer.status >= 400) {
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const problem = problemSchema.strict().parse(answer.body);
    expect(problem).toMatchObject({ status: answer.status, type: `/problems/${problem.code}` });
    expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
  }
  return answer;
}

export function addressOf(running: NestFastifyApplication): string {
  const { port } = running.getHttpServer().address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** The API of this process on the stack's databases, with the probe's routes, two accounts and an operator. */
export class ApiUnderTest {
  private constructor(
    readonly config: Config,
    readonly url: string,
    readonly acme: { id: string; key: string },
    readonly other: { id: string; key: string },
    /** The secret of an operator's key. */
    readonly operator: string,
    private readonly parts: { app: NestFastifyApplication; db: Database; keyring: Keyring },
  ) {}

  static async start(): Promise<ApiUnderTest> {
    const config = { ...loadConfig(runningStack().env), logLevel: 'silent' as const };
    const db = new Database(config.databaseUrl, 2);
    const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
    const app = await createApp(config, { modules: [ProbeModule], permissions: probePermissions });
    await app.listen(0, '127.0.0.1');
    const [one, two] = [await createAccount(db, keyring, 'Acme'), await createAccount(db, keyring, 'Other')];
    const { secret, secretHash } = issueSecret('operator');
    await createOperatorKey(db, { name: 'Spec', secretHash });
    return new ApiUnderTest(
      config,
      addressOf(app),
      { id: one.id, key: one.apiKey.secret },
      { id: two.id, key: two.apiKey.secret },
      secret,
      { app, db, keyring },
    );
  }

  async stop(): Promise<void> {
    await this.parts.app.close();
    await Promise.all([this.parts.db.close(), this.parts.keyring.close()]);
  }

  /** A request with the key of `acme`'s owner, unless another is given. */
  call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return send(this.url, method, path, { key: this.acme.key, ...options });
  }

  newAccount(name: string) {
    return createAccount(this.parts.db, this.parts.keyring, name);
  }
}

/** A new brand as it is posted. */
export const brand = (name = `Brand ${randomUUID()}`) => ({
  name,
  color: '#0B6E4F',
  sender_name: 'Aurora',
  sender_email: 'News@Aurora.example',
});
