import { ConfigError, readEnvironment } from '../../../libs/config/config.js';
import { migrate } from '../../../libs/db/migrate.js';
import type { Command } from '../command.js';

export const dbMigrate: Command = {
  name: 'db migrate',
  summary: 'Bring both databases to the newest schema. Needs DATABASE_URL and KEYRING_DATABASE_URL, as their owner.',
  options: [
    { name: 'service-role', value: 'ROLE', summary: 'Login role that the API and the worker connect as, if another' },
  ],
  async run(options) {
    const { DATABASE_URL: databaseUrl, KEYRING_DATABASE_URL: keyringDatabaseUrl } = readEnvironment();
    if (!databaseUrl || !keyringDatabaseUrl) {
      throw new ConfigError(['DATABASE_URL and KEYRING_DATABASE_URL name the databases to migrate']);
    }
    const serviceRole = options['service-role'];
    const { applied } = await migrate({ databaseUrl, keyringDatabaseUrl, serviceRole, onProgress: console.log });
    console.log(applied.length === 0 ? 'Both databases are up to date.' : `${applied.length} migrations applied.`);
  },
};
