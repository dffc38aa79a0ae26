import { ApiClient } from '../../apps/stack/demo/api-client.js';
import { openAccount } from '../../apps/stack/demo/open-account.js';
import { loadConfig } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { type AddressKind, addressKinds, askInTurns, groupsOfAddresses, median } from '../support/enumeration.js';
import { startOwnStack } from '../support/stack.js';
import type { BenchOptions } from './main.js';

/** Medians of two kinds may differ by this much: the larger of the two, in milliseconds and as a part. */
const allowed = { ms: 1, part: 0.05 };
const warmUpRounds = 20;

export interface EnumerationResult {
  requests_per_kind: number;
  median_ms: Record<AddressKind, number>;
  /** Between the fastest and the slowest kind. */
  spread_ms: number;
  allowed_ms: number;
  /** How many different answers there were: status, headers, body. */
  different_answers: number;
}

/** Whether the form tells by its answer, or by the time it takes, what is known of an address (P8). The worker runs. */
export async function run({ n = 500, onProgress }: BenchOptions): Promise<EnumerationResult> {
  const stack = await startOwnStack({}, onProgress);
  const config = loadConfig(stack.env);
  const db = new Database(config.databaseUrl, 2);
  const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
  try {
    const { secret, secretHash } = issueSecret('operator');
    await createOperatorKey(db, { name: 'Bench', secretHash });
    const { accountId, listA, formUrl } = await openAccount(new ApiClient(stack.urls.api, secret), 'Enumeration');
    const parts = { db, keyring };
    await askInTurns(formUrl, await groupsOfAddresses(accountId, listA, parts, warmUpRounds));
    const groups = await groupsOfAddresses(accountId, listA, parts, n);
    const answers = await askInTurns(formUrl, groups, (round) => {
      if (round % 100 === 0) onProgress(`${round} of ${n} rounds`);
    });
    const timesOf = (kind: AddressKind) => answers.filter((answer) => answer.kind === kind).map(({ ms }) => ms);
    const medians = addressKinds.map((kind) => median(timesOf(kind)));
    const [fastest, slowest] = [Math.min(...medians), Math.max(...medians)];
    const seen = new Set(answers.map(({ status, headers, body }) => JSON.stringify({ status, headers, body })));
    return {
      requests_per_kind: n,
      median_ms: Object.fromEntries(
        addressKinds.map((kind, index) => [kind, rounded(medians[index]!)]),
      ) as EnumerationResult['median_ms'],
      spread_ms: rounded(slowest - fastest),
      allowed_ms: rounded(Math.max(allowed.ms, fastest * allowed.part)),
      different_answers: seen.size,
    };
  } finally {
    await Promise.all([db.close(), keyring.close()]);
    await stack.stop();
  }
}

export function isRight({ spread_ms, allowed_ms, different_answers }: EnumerationResult): boolean {
  return different_answers === 1 && spread_ms <= allowed_ms;
}

const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
