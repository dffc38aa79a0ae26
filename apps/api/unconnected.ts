import type { Config } from '../../libs/config/config.js';
import { defaultRateBounds } from '../../libs/domain/rate-bounds.js';

/** For putting the API together without running it: to describe it, to check its routes. These addresses are not used. */
export const unconnected: Config = {
  databaseUrl: 'postgresql://unused.invalid/assent',
  keyringDatabaseUrl: 'postgresql://unused.invalid/keyring',
  temporal: { address: 'unused.invalid:7233', namespace: 'default' },
  keyEncryptionKey: Buffer.alloc(32),
  delivery: { mode: 'mx', relayUrl: undefined },
  inboxUrl: undefined,
  publicUrl: 'http://unused.invalid',
  host: '127.0.0.1',
  port: 0,
  trustedProxies: [],
  rateBounds: defaultRateBounds,
  dataDir: '/nonexistent',
  logLevel: 'silent',
  metricsPort: undefined,
  otlpEndpoint: undefined,
};
