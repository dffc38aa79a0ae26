// The mail inbox as a process: node inbox-main.js <smtp port> <web port> <folder>
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { MailDev } from 'maildev';

/** Beyond this many the oldest mails go, so that a stack that runs for months does not fill the disk. */
const KEEP = 20_000;

const [smtpPort, webPort, folder] = process.argv.slice(2);
if (!smtpPort || !webPort || !folder) throw new Error('usage: inbox-main.js <smtp port> <web port> <folder>');

const inbox = new MailDev({
  smtp: Number(smtpPort),
  ip: '127.0.0.1',
  web: Number(webPort),
  webIp: '127.0.0.1',
  mailDirectory: folder,
  maxEmails: KEEP,
  silent: true, // It would print sender and recipient of every mail.
});

// The stack keeps a channel open: without it there is nobody left whose mail this is.
process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => inbox.stop().finally(() => process.exit(0)));
}

const { smtp, storage } = await inbox.start();

// MailDev cleans a mail's HTML for display whenever its source is asked for, and keeps the cleaned form: that costs
// milliseconds a mail and shows another mail than was sent. The source is what came in, byte for byte.
smtp.getRawEmail = async (id) => {
  const email = await storage.getById(id);
  if (!email) throw new Error('Email was not found');
  return createReadStream(join(folder, `${email.id}.eml`));
};

process.send?.({ ready: true });
