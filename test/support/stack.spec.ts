import { once } from 'node:events';
import { connect } from 'node:net';
import { runningStack } from './stack.js';

/** The first line that an SMTP server says. */
async function greeting(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), timeout: 5_000 });
  try {
    const [data] = (await once(socket, 'data')) as [Buffer];
    return data.toString();
  } finally {
    socket.destroy();
  }
}

describe('the stack that the specs share', () => {
  const { env, urls } = runningStack();

  test.each(['api', 'docs', 'inbox', 'temporalUi', 'codec'] as const)('%s answers', async (name) => {
    const response = await fetch(urls[name], { signal: AbortSignal.timeout(10_000) });
    expect(response.status).toBeLessThan(500);
  });

  test('the inbox takes mail', async () => {
    expect(await greeting(urls.inboxSmtp)).toMatch(/^220 /);
  });

  test('tells where the databases and Temporal are', () => {
    expect(env).toEqual(
      expect.objectContaining({
        DATABASE_URL: expect.stringMatching(/^postgres/),
        KEYRING_DATABASE_URL: expect.stringMatching(/^postgres/),
        TEMPORAL_ADDRESS: expect.stringMatching(/:\d+$/),
      }),
    );
  });
});
