import type { Readable } from 'node:stream';

/** Given to `sendMail` beside the message, filled by the plugin. */
export interface Handover {
  stream?: Readable;
}

/** The part of nodemailer's mail object that the plugin works with. */
interface MailInFlight {
  data: { handover?: Handover };
  message: { createReadStream(options?: object): Readable };
}

/**
 * A plugin for nodemailer's `use('stream', …)`. nodemailer reports a connection lost before DATA and one lost after the
 * final dot by the same error, and that difference decides between `deferred` and `unknown`, so the message's stream is
 * kept in sight.
 */
export function watchHandover(mail: unknown, done: () => void): void {
  const { data, message } = mail as MailInFlight;
  const { handover } = data;
  const createReadStream = message.createReadStream.bind(message);
  message.createReadStream = (options) => {
    const stream = createReadStream(options);
    if (handover) handover.stream = stream;
    return stream;
  };
  done();
}

/**
 * Whether the whole message went to the socket. The final dot is written when the stream has ended; until then no server
 * can have accepted the message (RFC 5321, 4.1.1.4).
 */
export function wasHandedOver(handover: Handover): boolean {
  return handover.stream?.readableEnded ?? false;
}
