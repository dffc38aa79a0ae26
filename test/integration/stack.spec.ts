import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import nodemailer from 'nodemailer';
import pg from 'pg';
import { InboxClient } from '../../apps/stack/inbox-client.js';
import { processStart } from '../../apps/stack/process-identity.js';
import { type Stack, startStack } from '../../apps/stack/stack.js';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';

const anyPort = { api: 0, temporal: 0, temporalUi: 0, inboxSmtp: 0, inboxWeb: 0, codec: 0, postgres: 0 };

async function query(url: string, sql: string): Promise<Array<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a stack of its own', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assent-stack-spec-'));
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ dataDir, ports: anyPort, apps: [], extraEnv: { LOG_LEVEL: 'warn' } });
  });

  afterAll(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('PostgreSQL serves both databases to a role that is no superuser and is bound by row-level security', async () => {
    for (const [variable, name] of [
      ['DATABASE_URL', 'assent'],
      ['KEYRING_DATABASE_URL', 'assent_keyring'],
    ] as const) {
      const [row] = await query(
        stack.env[variable]!,
        `SELECT current_database() AS name, rolsuper, rolbypassrls, current_setting('server_version') AS version,
                current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync
           FROM pg_roles WHERE rolname = current_user`,
      );
      expect(row).toMatchObject({ name, rolsuper: false, rolbypassrls: false, commit: 'on', fsync: 'on' });
      expect(row!.version).toMatch(/^18\./);
    }
  });

  test('PostgreSQL turns away whoever has another password', async () => {
    const wrong = stack.env.DATABASE_URL!.replace(/:[^:@/]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('Temporal answers with its namespaces, and again after it was killed', async () => {
    const namespaces = async () => {
      const connection = await Connection.connect({ address: stack.env.TEMPORAL_ADDRESS! });
      try {
        const { namespaces } = await connection.workflowService.listNamespaces({});
        return namespaces.map((namespace) => namespace.namespaceInfo?.name);
      } finally {
        await connection.close();
      }
    };
    expect(await namespaces()).toContain(stack.env.TEMPORAL_NAMESPACE);
    await stack.services.temporal!.kill('SIGKILL');
    await stack.services.temporal!.start();
    expect(await namespaces()).toContain(stack.env.TEMPORAL_NAMESPACE);
    expect((await fetch(stack.urls.temporalUi!)).status).toBe(200);
  });

  test('the codec endpoint decodes for the Temporal UI, and for no other page', async () => {
    const codec = new EncryptingCodec(derivePayloadKey(Buffer.from(stack.env.KEY_ENCRYPTION_KEY!, 'base64')));
    const [payload] = await codec.encode([defaultPayloadConverter.toPayload('a summary')]);
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    const body = JSON.stringify({
      payloads: [{ metadata: { encoding: base64(payload!.metadata!.encoding!) }, data: base64(payload!.data!) }],
    });
    const decode = (origin: string) =>
      fetch(`${stack.urls.codec}/decode`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', origin },
      });

    const forUi = await decode(stack.urls.temporalUi!);
    expect(forUi.headers.get('access-control-allow-origin')).toBe(stack.urls.temporalUi);
    const { payloads } = (await forUi.json()) as { payloads: Array<{ data: string }> };
    expect(Buffer.from(payloads[0]!.data, 'base64').toString()).toBe('"a summary"');

    const forStranger = await decode('https://elsewhere.example');
    expect(forStranger.status).toBe(403);
    expect(forStranger.headers.get('access-control-allow-origin')).toBeNull();
    expect(await forStranger.text()).not.toContain(payloads[0]!.data);
  });

  test('the inbox shows a mail with both bodies and every header, as it was sent', async () => {
    const inbox = new InboxClient(stack.urls.inbox);
    const transport = nodemailer.createTransport(stack.env.SMTP_RELAY_URL);
    const subject = 'Grüße an alle, die sich gerade erst angemeldet haben und noch nicht bestätigt sind';
    await transport.sendMail({
      from: 'News <news@brand.example>',
      to: 'ada@example.org',
      bcc: 'hidden@example.org',
      subject,
      text: 'Bitte bestätigen',
      html: '<p onclick="x()">Bitte <a href="https://brand.example/c?t=1&amp;u=2">bestätigen</a></p>',
      messageId: '<delivery-1@brand.example>',
      headers: {
        'List-Unsubscribe': '<https://brand.example/u/1>, <mailto:unsubscribe@brand.example?subject=1>',
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    });
    transport.close();

    const message = await inbox.find((mail) => mail.to.includes('hidden@example.org'), 5_000);
    expect(message).toMatchObject({
      from: 'news@brand.example',
      to: ['ada@example.org', 'hidden@example.org'],
      subject,
    });
    expect(message.text.trim()).toBe('Bitte bestätigen');
    expect(message.html).toContain(
      '<p onclick="x()">Bitte <a href="https://brand.example/c?t=1&amp;u=2">bestätigen</a></p>',
    );
    expect(message.headers).toMatchObject({
      'message-id': '<delivery-1@brand.example>',
      'list-unsubscribe': '<https://brand.example/u/1>, <mailto:unsubscribe@brand.example?subject=1>',
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    });
    expect(await inbox.source(message.id)).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    await expect(inbox.find((mail) => mail.to.includes('nobody@example.org'), 100)).rejects.toThrow(
      'No such mail came',
    );

    await inbox.clear();
    expect(await inbox.messages()).toEqual([]);
  });

  test('what was committed is there after PostgreSQL was killed and started again', async () => {
    const owner = new URL(stack.env.DATABASE_URL!);
    owner.username = 'postgres';
    owner.password = readFileSync(join(dataDir, 'secrets', 'postgres-superuser'), 'utf8').trim();
    await query(owner.href, `CREATE TABLE promises AS SELECT 'kept' AS promise`);
    await stack.services.postgres!.kill('SIGKILL');
    await expect(query(owner.href, 'SELECT 1')).rejects.toThrow();
    await stack.services.postgres!.start();
    expect(await query(owner.href, 'SELECT promise FROM promises')).toEqual([{ promise: 'kept' }]);
  });

  test('its secrets are readable by their owner alone', () => {
    const folder = join(dataDir, 'secrets');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({
      'key-encryption-key': 0o600,
      'postgres-service': 0o600,
      'postgres-superuser': 0o600,
    });
  });

  test('a second stack on the same folder is refused and names the process of the first', async () => {
    await expect(startStack({ dataDir, ports: anyPort, apps: [] })).rejects.toThrow(`process ${process.pid}`);
  });

  test('after it was stopped none of its processes runs, and its folder is free again', async () => {
    const pids = Object.values(stack.services).map((service) => service.pid);
    expect(pids).toHaveLength(3);
    await stack.stop();
    expect(pids.filter((pid) => processStart(pid) !== undefined)).toEqual([]);
    expect(readdirSync(dataDir)).not.toContain('stack.lock');
  });
});
