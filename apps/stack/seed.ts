import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiClient } from './demo/api-client.js';
import { letter } from './demo/company.js';
import { openAccount } from './demo/open-account.js';
import { makeOperatorKey } from './operator-key.js';
import type { Stack } from './stack.js';

type Rows = Array<[label: string, value: string]>;

/**
 * Puts an account to start with into a fresh stack: two brands, a list each, a published sign-up form, a template. What
 * it printed is kept in `<dataDir>/secrets/seed.json`, so that the next start prints the same keys.
 * @returns labelled values for the person at the terminal
 * @throws Deviation when the API refuses what it should take
 */
export async function seed(stack: Stack): Promise<Rows> {
  const file = join(stack.dataDir, 'secrets', 'seed.json');
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const seeded: { operatorKey: string; apiKey: string; formPath: string } = kept
    ? JSON.parse(kept)
    : await createAccount(stack);
  if (!kept) await writeFile(file, JSON.stringify(seeded), { mode: 0o600 });
  return [
    ['Sign-up form', `${stack.urls.api}${seeded.formPath}`],
    ['API key', seeded.apiKey],
    ['Operator key', seeded.operatorKey],
  ];
}

async function createAccount(stack: Stack) {
  const operatorKey = makeOperatorKey(stack, 'Local operator');
  const { api, apiKey, brandA, formUrl } = await openAccount(new ApiClient(stack.urls.api, operatorKey), 'Fjällvind');
  await api.ok('POST', '/v1/templates', { brand_id: brandA, ...letter('Letter', 'News from the trail') });
  return { operatorKey, apiKey, formPath: new URL(formUrl).pathname };
}
