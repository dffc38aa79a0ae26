import { ConfigError, loadConfig, readEnvironment } from './config.js';

const complete = {
  DATABASE_URL: 'postgresql://assent@127.0.0.1:5432/assent',
  KEYRING_DATABASE_URL: 'postgresql://assent@127.0.0.1:5432/keyring',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  SMTP_RELAY_URL: 'smtp://127.0.0.1:1025',
  PUBLIC_URL: 'https://mail.example.org/',
};

function refusalOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The environment was accepted.');
}

describe('a complete environment', () => {
  test('is enough to run, with defaults for everything that has one', () => {
    const config = loadConfig(complete);
    expect(config).toEqual({
      databaseUrl: complete.DATABASE_URL,
      keyringDatabaseUrl: complete.KEYRING_DATABASE_URL,
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
      keyEncryptionKey: Buffer.alloc(32, 7),
      delivery: { mode: 'relay', relayUrl: 'smtp://127.0.0.1:1025' },
      inboxUrl: undefined,
      publicUrl: 'https://mail.example.org',
      host: '127.0.0.1',
      port: 3000,
      trustedProxies: [],
      rateBounds: { signUpsPerIpHour: 120, signUpsPerFormMinute: 600, requestsPerKeyMinute: 6000 },
      dataDir: expect.stringMatching(/^\/.*\/data$/),
      logLevel: 'info',
    });
  });

  test('needs no relay when Assent delivers to mail servers itself', () => {
    const config = loadConfig({ ...complete, DELIVERY_MODE: 'mx', SMTP_RELAY_URL: undefined });
    expect(config.delivery).toEqual({ mode: 'mx', relayUrl: undefined });
  });

  test('takes port 0, which lets the system choose one', () => {
    expect(loadConfig({ ...complete, PORT: '0' }).port).toBe(0);
  });
});

describe('a missing variable', () => {
  test.each(['DATABASE_URL', 'KEYRING_DATABASE_URL', 'TEMPORAL_ADDRESS', 'KEY_ENCRYPTION_KEY', 'PUBLIC_URL'])(
    '%s is named',
    (name) => {
      expect(refusalOf(() => loadConfig({ ...complete, [name]: undefined })).problems).toEqual([`${name} is not set`]);
    },
  );

  test('SMTP_RELAY_URL is named, with the setting that asks for it', () => {
    const { problems } = refusalOf(() => loadConfig({ ...complete, SMTP_RELAY_URL: undefined }));
    expect(problems).toEqual(['SMTP_RELAY_URL is not set (DELIVERY_MODE is relay)']);
  });

  test('that is empty counts as not set, as compose files write it', () => {
    expect(refusalOf(() => loadConfig({ ...complete, PUBLIC_URL: '' })).problems).toEqual(['PUBLIC_URL is not set']);
  });

  test('is named together with all the others, in one message', () => {
    const { problems, message } = refusalOf(() => loadConfig({}));
    expect(problems).toHaveLength(6);
    for (const problem of problems) expect(message).toContain(problem);
  });
});

describe('a malformed variable', () => {
  const secret = 'correct-horse-battery-staple';

  test.each([
    ['DATABASE_URL', `mysql://assent:${secret}@db.example.org/assent`],
    ['DATABASE_URL', secret],
    ['KEYRING_DATABASE_URL', `http://assent:${secret}@db.example.org/assent`],
    ['TEMPORAL_ADDRESS', `http://${secret}:7233`],
    ['KEY_ENCRYPTION_KEY', Buffer.from(secret).toString('base64')],
    ['DELIVERY_MODE', secret],
    ['SMTP_RELAY_URL', `ftp://user:${secret}@relay.example.org`],
    ['SMTP_INBOX_URL', secret],
    ['PUBLIC_URL', `javascript:${secret}`],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['LOG_LEVEL', secret],
  ])('%s is named, and its value is not repeated', (name, value) => {
    const refusal = refusalOf(() => readEnvironment({ [name]: value }));
    expect(refusal.problems).toHaveLength(1);
    expect(refusal.problems[0]).toMatch(new RegExp(`^${name} `));
    expect(refusal.message).not.toContain(value);
  });

  test('is named before anything else is asked for', () => {
    const { problems } = refusalOf(() => loadConfig({ PORT: 'high' }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^PORT /);
  });
});

test('variables that Assent does not know stay out of what it reads', () => {
  expect(readEnvironment({ HOME: '/root', TEMPORAL_NAMESPACE: 'marketing' })).toEqual({
    DELIVERY_MODE: 'relay',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    REQUESTS_PER_KEY_MINUTE: 6000,
    SIGN_UPS_PER_FORM_MINUTE: 600,
    SIGN_UPS_PER_IP_HOUR: 120,
    TEMPORAL_NAMESPACE: 'marketing',
  });
});
