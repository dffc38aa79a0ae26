import { writeFile } from 'node:fs/promises';
import type { Config } from '../../../libs/config/config.js';
import { Access } from '../../api/access/access.js';
import { permissions } from '../../api/access/permissions.js';
import { createApp } from '../../api/create-app.js';
import { describeApi } from '../../api/http/openapi.js';
import type { Command } from '../command.js';

export const openapi: Command = {
  name: 'openapi',
  summary: 'Write the OpenAPI 3.1 description of the API. Needs no database.',
  options: [{ name: 'out', value: 'FILE', summary: 'Where to write it; standard output otherwise' }],
  async run(options) {
    const app = await createApp(unconnected);
    try {
      const text = `${JSON.stringify(describeApi(app, new Access(permissions)), null, 2)}\n`;
      if (options.out === undefined) process.stdout.write(text);
      else await writeFile(options.out, text);
    } finally {
      await app.close();
    }
  },
};

/** The API is put together to be described, and never connects: these addresses are not used. */
const unconnected: Config = {
  databaseUrl: 'postgresql://unused.invalid/assent',
  keyringDatabaseUrl: 'postgresql://unused.invalid/keyring',
  temporal: { address: 'unused.invalid:7233', namespace: 'default' },
  keyEncryptionKey: Buffer.alloc(32),
  delivery: { mode: 'mx', relayUrl: undefined },
  inboxUrl: undefined,
  publicUrl: 'http://unused.invalid',
  host: '127.0.0.1',
  port: 0,
  dataDir: '/nonexistent',
  logLevel: 'silent',
};
