import { loadConfig } from '../../../libs/config/config.js';
import { createAccount } from '../../../libs/db/accounts.js';
import { Database } from '../../../libs/db/database.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import type { Command } from '../command.js';
import { nameOf } from './operator-key-create.js';

export const accountCreate: Command = {
  name: 'account create',
  summary: "Create an account and print the secret of its first owner's API key, which is not kept.",
  options: [{ name: 'name', value: 'NAME', summary: 'The company', required: true }],
  async run(options) {
    const name = nameOf(options.name);
    const config = loadConfig();
    const db = new Database(config.databaseUrl, 1);
    const keyring = new Keyring(config.keyringDatabaseUrl, config.keyEncryptionKey);
    try {
      const { id, apiKey } = await createAccount(db, keyring, name);
      console.log(JSON.stringify({ id, name, api_key: apiKey }));
    } finally {
      await Promise.all([db.close(), keyring.close()]);
    }
  },
};
