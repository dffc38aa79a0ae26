import { ApiClient } from '../../apps/stack/demo/api-client.js';
import { lifeOfAContact } from '../../apps/stack/demo/steps.js';
import { InboxClient } from '../../apps/stack/inbox-client.js';
import { loadConfig } from '../../libs/config/config.js';
import { Database } from '../../libs/db/database.js';
import { issueSecret } from '../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../libs/db/operator-keys.js';
import { isMissingExecution } from '../../libs/temporal/executions.js';
import { Histories, textsOf } from '../support/histories.js';
import { runningStack } from '../support/stack.js';

const { env, urls } = runningStack();
const run = `e${Date.now().toString(36)}`;

/** An operator's key, as the operator's command makes one. */
async function operatorKey(): Promise<string> {
  const db = new Database(loadConfig(env).databaseUrl, 1);
  try {
    const { secret, ...hashed } = issueSecret('operator');
    await createOperatorKey(db, { name: 'e2e', secretHash: hashed.secretHash });
    return secret;
  } finally {
    await db.close();
  }
}

describe("one contact's whole life", () => {
  const operator = new ApiClient(urls.api, operatorKey());
  const steps = lifeOfAContact({ operator, inbox: new InboxClient(urls.inbox), run, contacts: 40 });

  it.each(steps.map((step) => [step.name.replace(/^\d\s+/, ''), step] as const))('%s', async (_name, step) => {
    expect(await step.run()).toBeTruthy();
  });
});

describe('what Temporal holds afterwards', () => {
  let histories: Histories;
  beforeAll(async () => {
    histories = await Histories.connect(env);
  });
  afterAll(() => histories.close());

  it('holds no address and no number in any decoded history', async () => {
    const ids = await histories.workflowIds();
    expect(ids.length).toBeGreaterThan(5);
    let read = 0;
    for (const id of ids) {
      // A history that is being deleted is no longer there to be read.
      const history = await histories.decoded(id).catch((error: unknown) => {
        if (isMissingExecution(error)) return null;
        throw error;
      });
      if (!history) continue;
      read += 1;
      const texts = textsOf(history);
      expect(texts.some((text) => text.includes('accountId') || text.includes('lane'))).toBe(true);
      expect(texts.filter((text) => /[\w.+-]+@([\w-]+\.)+[a-z]{2,}\b/i.test(text) || /\+\d{7,}/.test(text))).toEqual(
        [],
      );
    }
    expect(read).toBeGreaterThan(5);
  });

  it('stores every payload encrypted', async () => {
    const [id] = await histories.workflowIds('campaign');
    const texts = textsOf(await histories.stored(id!));
    expect(texts.some((text) => text.includes('binary/encrypted'))).toBe(true);
    expect(texts.some((text) => text.includes('campaignId'))).toBe(false);
  });
});
