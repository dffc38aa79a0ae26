import { Client } from '@temporalio/client';
import { loadConfig } from '../../../libs/config/config.js';
import { Database } from '../../../libs/db/database.js';
import { type Disagreement, Reconciler } from '../../../libs/db/reconciler.js';
import { derivePayloadKey, EncryptingCodec } from '../../../libs/privacy/payload-codec.js';
import { connectTemporal, isTemporalReachable } from '../../../libs/temporal/connect.js';
import { dataConverterWith } from '../../../libs/temporal/data-converter.js';
import { ExecutionStates } from '../../../libs/temporal/execution-states.js';
import * as promises from '../../../workflows/promises.contract.js';
import { accountIdAttribute } from '../../../workflows/search-attributes.contract.js';
import type { Command } from '../command.js';

/** Visibility lags by a second or two, and a workflow that ends takes a moment to. */
const settleMs = 3_000;
const reachableWithinMs = 10_000;

export const reconcile: Command = {
  name: 'reconcile',
  summary:
    'Compare PostgreSQL with Temporal after one was restored, and hold what disagrees. Exit 1 if something does.',
  options: [
    { name: 'restart', value: '', flag: true, summary: 'Start executions again that unfinished rows have lost' },
    { name: 'end', value: '', flag: true, summary: 'End executions for which there is no open row' },
  ],
  async run(options) {
    const config = loadConfig();
    if (!(await isTemporalReachable(config, reachableWithinMs))) {
      throw new Error('Temporal is not reachable: there is nothing to compare with.');
    }
    const db = new Database(config.databaseUrl, 2);
    const connection = await connectTemporal(config);
    try {
      const client = new Client({
        connection,
        namespace: config.temporal.namespace,
        dataConverter: dataConverterWith(new EncryptingCodec(derivePayloadKey(config.keyEncryptionKey))),
      });
      const reconciler = new Reconciler(db, new ExecutionStates(client, accountIdAttribute), {
        ...promises,
        types: promises.promiseTypes,
      });
      const wanted = { restart: options.restart !== undefined, end: options.end !== undefined, settleMs };
      const { compared, disagreements } = await reconciler.reconcile(wanted);
      for (const found of disagreements) console.log(JSON.stringify(lineOf(found)));
      const count = (action: Disagreement['action']) => disagreements.filter((found) => found.action === action).length;
      const held = count('held');
      console.log(JSON.stringify({ compared, held, restarted: count('restarted'), ended: count('ended') }));
      return held > 0 ? 1 : 0;
    } finally {
      await Promise.all([db.close(), connection.close()]);
    }
  },
};

function lineOf(found: Disagreement) {
  const { code, workflowId, accountId, state, contactId, action } = found;
  return { code, workflow_id: workflowId, account_id: accountId, state, contact_id: contactId, action };
}
