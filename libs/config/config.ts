import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { defaultRateBounds, type RateBounds } from '../domain/rate-bounds.js';

/** A variable that is missing or malformed. `problems` names each one; values are never repeated (they may be secrets). */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const url = (protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

const postgresUrl = url(['postgresql:', 'postgres:']);
const smtpUrl = url(['smtp:', 'smtps:']);
const port = z.coerce.number().int().min(0).max(65535);

const bound = z.coerce.number().int().min(1).max(1_000_000_000);

/** An IP address, or a network in CIDR notation (RFC 4632). */
function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

const networks = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine((entries) => entries.every(isNetwork), 'must be IP addresses or networks, separated by commas');

const variables = z.object({
  DATABASE_URL: postgresUrl.optional(),
  KEYRING_DATABASE_URL: postgresUrl.optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/:]+:\d+$/, 'must be host:port')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  KEY_ENCRYPTION_KEY: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64')
    .optional(),
  DELIVERY_MODE: z.enum(['relay', 'mx']).default('relay'),
  SMTP_RELAY_URL: smtpUrl.optional(),
  SMTP_INBOX_URL: smtpUrl.optional(),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.optional(),
  DATA_DIR: z.string().min(1).optional(),
  TEMPORAL_CLI: z.string().min(1).optional(),
  TRUSTED_PROXIES: networks.optional(),
  SIGN_UPS_PER_IP_HOUR: bound.default(defaultRateBounds.signUpsPerIpHour),
  SIGN_UPS_PER_FORM_MINUTE: bound.default(defaultRateBounds.signUpsPerFormMinute),
  REQUESTS_PER_KEY_MINUTE: bound.default(defaultRateBounds.requestsPerKeyMinute),
  METRICS_PORT: port.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:']).optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The environment as it was given: what is not set stays undefined. The local stack fills the gaps (apps/stack). */
export type Environment = z.infer<typeof variables>;

/**
 * Reads and checks the environment. Empty strings count as not set, as in compose files.
 * @throws ConfigError naming every malformed variable
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const known = Object.keys(variables.shape);
  const given = Object.fromEntries(known.filter((name) => env[name]).map((name) => [name, env[name]]));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  return parsed.data;
}

/** Everything the API, the worker and the operator's commands need to run. Nothing in it is optional by accident. */
export interface Config {
  databaseUrl: string;
  keyringDatabaseUrl: string;
  temporal: { address: string; namespace: string };
  /** 32 bytes; wraps account keys and, through HKDF, signs links and encrypts Temporal payloads. */
  keyEncryptionKey: Buffer;
  delivery: { mode: 'relay' | 'mx'; relayUrl: string | undefined };
  /** Where mail of test keys goes. Without it, such mail is written to `<dataDir>/inbox` as .eml files. */
  inboxUrl: string | undefined;
  /** Without a trailing slash; links in mail start with it. */
  publicUrl: string;
  host: string;
  port: number;
  /**
   * Proxies whose `X-Forwarded-For` says where a request comes from: the IP that stands in evidence and is counted. Empty:
   * the connection's own, whatever a header says.
   */
  trustedProxies: string[];
  rateBounds: RateBounds;
  /** Absolute path. */
  dataDir: string;
  logLevel: Environment['LOG_LEVEL'];
  /** Where the worker serves its metrics on loopback; not at all where it is undefined. */
  metricsPort: number | undefined;
  /** The collector that gets traces (OTLP over HTTP); none are made where it is undefined. */
  otlpEndpoint: string | undefined;
}

/**
 * The configuration of a running part.
 * @throws ConfigError naming every variable that is missing or malformed
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = readEnvironment(env);
  const missing = (
    ['DATABASE_URL', 'KEYRING_DATABASE_URL', 'TEMPORAL_ADDRESS', 'KEY_ENCRYPTION_KEY', 'PUBLIC_URL'] as const
  ).filter((name) => given[name] === undefined);
  const problems = missing.map((name) => `${name} is not set`);
  if (given.DELIVERY_MODE === 'relay' && !given.SMTP_RELAY_URL) {
    problems.push('SMTP_RELAY_URL is not set (DELIVERY_MODE is relay)');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    databaseUrl: given.DATABASE_URL!,
    keyringDatabaseUrl: given.KEYRING_DATABASE_URL!,
    temporal: { address: given.TEMPORAL_ADDRESS!, namespace: given.TEMPORAL_NAMESPACE },
    keyEncryptionKey: Buffer.from(given.KEY_ENCRYPTION_KEY!, 'base64'),
    delivery: { mode: given.DELIVERY_MODE, relayUrl: given.SMTP_RELAY_URL },
    inboxUrl: given.SMTP_INBOX_URL,
    publicUrl: given.PUBLIC_URL!.replace(/\/+$/, ''),
    host: given.HOST,
    port: given.PORT ?? 3000,
    trustedProxies: given.TRUSTED_PROXIES ?? [],
    rateBounds: {
      signUpsPerIpHour: given.SIGN_UPS_PER_IP_HOUR,
      signUpsPerFormMinute: given.SIGN_UPS_PER_FORM_MINUTE,
      requestsPerKeyMinute: given.REQUESTS_PER_KEY_MINUTE,
    },
    dataDir: resolve(given.DATA_DIR ?? 'data'),
    logLevel: given.LOG_LEVEL,
    metricsPort: given.METRICS_PORT,
    otlpEndpoint: given.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}
