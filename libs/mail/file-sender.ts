import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { DomainError } from '../domain/errors.js';
import type { Sender } from './transport.js';

/**
 * Writes each message as `<local part of its Message-ID>.eml` into a folder, for mail of test keys without an inbox.
 * The folder is made when needed; files are readable by their owner only. Errors of the file system are thrown.
 */
export function createFileSender(dir: string): Sender {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(message) {
      const name = /^<([A-Za-z0-9_-][A-Za-z0-9._-]*)@/.exec(message.messageId)?.[1];
      if (name === undefined) throw new DomainError('validation_failed', 'the Message-ID gives no file name');
      const info = await transport.sendMail({ ...message });
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const path = join(dir, `${name}.eml`);
      // Renamed when complete, so that whoever watches the folder never reads half a message.
      await writeFile(`${path}.part`, info.message as Buffer, { mode: 0o600 });
      await rename(`${path}.part`, path);
      return { kind: 'sent', code: 250 };
    },
    async close() {
      transport.close();
    },
  };
}
