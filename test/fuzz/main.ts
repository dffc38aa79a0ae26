// npm run fuzz [-- --max-examples N] [--seed N] [--caller NAME]
//
// Starts a stack with an account and sends it what schemathesis makes of the OpenAPI document, valid and not: without a
// key, and with a key of every role. No answer may be a 5xx, and each must be one that the document describes.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { accountRoles } from '../../apps/api/access/permissions.js';
import { ApiClient } from '../../apps/stack/demo/api-client.js';
import { letter } from '../../apps/stack/demo/company.js';
import { openAccount } from '../../apps/stack/demo/open-account.js';
import { loadConfig } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { type OwnStack, startOwnStack } from '../support/stack.js';
import { fuzz, installSchemathesis } from './schemathesis.js';

const { values } = parseArgs({
  options: { 'max-examples': { type: 'string' }, seed: { type: 'string' }, caller: { type: 'string' } },
});
const maxExamples = Number(values['max-examples'] ?? 3);
const seed = Number(values.seed ?? randomInt(2 ** 31));
const limitMs = 10 * 60_000;

const say = (line: string) => console.error(line);

/** The headers of each caller. */
async function callersOf(stack: OwnStack): Promise<Record<string, Record<string, string>>> {
  const db = new Database(loadConfig(stack.env).databaseUrl, 1);
  const { secret, secretHash } = issueSecret('operator');
  await createOperatorKey(db, { name: 'Fuzz', secretHash });
  await db.close();
  const { api, accountId, brandA } = await openAccount(new ApiClient(stack.urls.api, secret), 'Fuzzed');
  await api.ok('POST', '/v1/templates', { brand_id: brandA, ...letter('Letter', 'News') });
  const callers: Record<string, Record<string, string>> = { nobody: {} };
  for (const role of accountRoles) {
    const key = await api.ok('POST', '/v1/api-keys', { name: role, role });
    callers[role] = { Authorization: `Bearer ${key.secret}` };
  }
  callers.operator = { Authorization: `Bearer ${secret}`, 'Assent-Account': accountId };
  return callers;
}

const program = installSchemathesis(say);
const stack = await startOwnStack({}, (line) => say(`stack: ${line}`));
let failed = 0;
try {
  const callers = await callersOf(stack);
  for (const [caller, headers] of Object.entries(callers)) {
    if (values.caller !== undefined && values.caller !== caller) continue;
    const began = Date.now();
    const { exitCode, output } = await fuzz({
      program,
      url: `${stack.urls.api}/openapi.json`,
      headers,
      // Whoever may do nothing and whoever may do all are asked everything; what the others may do is part of that.
      phases: ['nobody', 'owner'].includes(caller) ? ['coverage', 'fuzzing', 'stateful'] : ['fuzzing'],
      maxExamples,
      seed,
      limitMs,
    });
    if (exitCode !== 0) {
      failed += 1;
      console.log(output);
    }
    const verdict = exitCode === 0 ? 'as described' : `NOT as described (exit code ${exitCode})`;
    console.log(`fuzz: ${caller}: ${verdict}, ${Math.round((Date.now() - began) / 1000)} s, seed ${seed}`);
  }
} finally {
  await stack.stop();
}
process.exit(failed === 0 ? 0 : 1);
