import { connect } from 'node:net';
import { runningStack } from './stack.js';

function answersOn(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 });
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

describe('the stack that the specs share', () => {
  const { env, urls } = runningStack();

  test.each(Object.entries(urls))('%s accepts connections', async (_name, url) => {
    const { hostname, port } = new URL(url);
    expect(await answersOn(hostname, Number(port))).toBe(true);
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
