import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ChildService, type ChildSurroundings, type Service } from './child-service.js';
import { untilReadyMessage } from './node-process.js';
import { entryPoint } from './package-root.js';

export interface InboxOptions extends ChildSurroundings {
  dataDir: string;
  smtpPort: number;
  webPort: number;
  hostEnvironment: Record<string, string>;
  logFile: string;
}

/**
 * The mail inbox: takes any mail by SMTP, delivers none of it, and shows it on a web page. Mails are kept as files in
 * `<dataDir>/inbox` and are there again after a restart; envelope recipients that the headers do not name (Bcc) are not.
 * `InboxClient` reads it.
 */
export function inbox(options: InboxOptions): Service {
  const folder = join(options.dataDir, 'inbox');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return new ChildService(
    {
      name: 'the inbox',
      command: process.execPath,
      args: [entryPoint('apps/stack/inbox-main.js'), String(options.smtpPort), String(options.webPort), folder],
      env: options.hostEnvironment,
      ipc: true,
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      stopGraceMs: 1_500,
      readyWithinMs: 60_000,
      ready: (child) => untilReadyMessage(child),
    },
    options,
  );
}
