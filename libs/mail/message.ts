import { DomainError, type Problem } from '../domain/errors.js';
import { isWebUrl } from './brand-layout.js';

export interface MessageInput {
  from: { name: string; address: string };
  /** One address; the name of the person is not put into the header. */
  to: string;
  subject: string;
  html: string;
  text: string;
  /** From `messageIdOf`. */
  messageId: string;
  date: Date;
  /** Where a POST ends the subscription (RFC 8058); for campaigns and flows, never for service mail. */
  listUnsubscribeUrl?: string;
  /** One-to-one mail that answers something a person did: marked `Auto-Submitted` (RFC 3834, 5). */
  service?: boolean;
  /** A test send of a draft: `[Test]` before the subject for the eye, `X-Assent-Test: yes` for filters. */
  test?: boolean;
}

/** A checked message in the form nodemailer takes. Addresses are objects: nodemailer would parse a string again. */
export interface ComposedMessage {
  readonly messageId: string;
  readonly envelope: { from: string; to: string[] };
  readonly from: { name: string; address: string };
  readonly to: { name: string; address: string };
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly date: Date;
  readonly headers: Record<string, string>;
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** Dot-atom at host name (RFC 5321, 4.1.2), with letters outside ASCII before the @ (RFC 6531). No quoted strings. */
const atom = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const addressPattern = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})*$`, 'iu');
const messageIdPattern = new RegExp(`^<[A-Za-z0-9._-]+@${label}(?:\\.${label})*>$`, 'i');
const breaksHeader = /[\p{Cc}\u2028\u2029]/u;

/**
 * The Message-ID of a delivery: the same for each attempt, so that a repeat is recognisable.
 * @throws DomainError validation_failed
 */
export function messageIdOf(deliveryId: string, senderAddress: string): string {
  const messageId = `<${deliveryId}@${senderAddress.slice(senderAddress.lastIndexOf('@') + 1).toLowerCase()}>`;
  if (!isAddress(senderAddress) || !messageIdPattern.test(messageId)) {
    throw new DomainError('validation_failed', 'no Message-ID can be made of this delivery and sender');
  }
  return messageId;
}

/**
 * Checks and composes one message to one address: multipart/alternative in UTF-8.
 * @throws DomainError validation_failed; problems name fields and never repeat their values
 */
export function composeMessage(input: MessageInput): ComposedMessage {
  const problems: Problem[] = [];
  const check = (valid: boolean, pointer: string, detail: string) => {
    if (!valid) problems.push({ pointer, detail });
  };
  check(isAddress(input.from.address), '/from/address', 'must be one plain address');
  check(!breaksHeader.test(input.from.name), '/from/name', 'must not hold line breaks or control characters');
  check(isAddress(input.to), '/to', 'must be one plain address');
  check(!breaksHeader.test(input.subject), '/subject', 'must not hold line breaks or control characters');
  check(messageIdPattern.test(input.messageId), '/messageId', 'must be <id@domain>');
  check(!Number.isNaN(input.date.getTime()), '/date', 'must be a date');
  check(input.text !== '' && input.html !== '', '/text', 'a mail has a text part and an HTML part');
  const { listUnsubscribeUrl } = input;
  if (listUnsubscribeUrl !== undefined) {
    const printable = /^[\x21-\x7e]+$/.test(listUnsubscribeUrl) && listUnsubscribeUrl.length < 900;
    check(
      isWebUrl(listUnsubscribeUrl) && printable,
      '/listUnsubscribeUrl',
      'must be an http or https address in ASCII',
    );
    check(input.service !== true, '/listUnsubscribeUrl', 'service mail belongs to no list');
  }
  if (problems.length > 0) throw new DomainError('validation_failed', 'the message cannot be composed', problems);
  return {
    messageId: input.messageId,
    envelope: { from: input.from.address, to: [input.to] },
    from: { name: input.from.name, address: input.from.address },
    to: { name: '', address: input.to },
    subject: input.test ? `[Test] ${input.subject}` : input.subject,
    html: input.html,
    text: input.text,
    date: input.date,
    headers: {
      ...(listUnsubscribeUrl !== undefined && {
        'List-Unsubscribe': `<${listUnsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
      ...(input.service && { 'Auto-Submitted': 'auto-generated' }),
      ...(input.test && { 'X-Assent-Test': 'yes' }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function isAddress(value: string): boolean {
  return value.length <= 254 && value.lastIndexOf('@') <= 64 && addressPattern.test(value);
}
