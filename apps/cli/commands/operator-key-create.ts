import { loadConfig } from '../../../libs/config/config.js';
import { Database } from '../../../libs/db/database.js';
import { issueSecret } from '../../../libs/db/issue-secret.js';
import { createOperatorKey } from '../../../libs/db/operator-keys.js';
import { type Command, UsageError } from '../command.js';

export const operatorKeyCreate: Command = {
  name: 'operator-key create',
  summary: 'Create an operator key and print its secret, which is not kept.',
  options: [{ name: 'name', value: 'NAME', summary: 'Whose key it is', required: true }],
  async run(options) {
    const name = nameOf(options.name);
    const db = new Database(loadConfig().databaseUrl, 1);
    try {
      const { secret, secretHash } = issueSecret('operator');
      const { id } = await createOperatorKey(db, { name, secretHash });
      console.log(JSON.stringify({ id, name, secret }));
    } finally {
      await db.close();
    }
  },
};

/** @throws UsageError for a name that the API would refuse too */
export function nameOf(given: string | undefined): string {
  const name = (given ?? '').trim();
  if (name === '' || name.length > 200 || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw new UsageError('--name must be one line of at most 200 characters');
  }
  return name;
}
