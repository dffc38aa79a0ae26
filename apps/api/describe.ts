// Prints the OpenAPI description of the API. Run by `npm run assent -- openapi`; needs no environment.
import { Access } from './access/access.js';
import { permissions } from './access/permissions.js';
import { createApp } from './create-app.js';
import { describeApi } from './http/openapi.js';
import { unconnected } from './unconnected.js';

const app = await createApp(unconnected);
process.stdout.write(`${JSON.stringify(describeApi(app, new Access(permissions)), null, 2)}\n`);
await app.close();
