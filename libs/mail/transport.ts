import { createTransport } from 'nodemailer';
import { type Handover, wasHandedOver, watchHandover } from './handover.js';
import type { ComposedMessage } from './message.js';

/**
 * What became of one attempt. `deferred`: certainly not accepted, may be tried again. `failed`: refused for good.
 * `unknown`: the whole message was handed over and no reply came back, so it may or may not arrive; never guessed.
 * `status` is an enhanced status code (RFC 3463). A reply's text is not returned: it repeats addresses.
 */
export type SendOutcome =
  | { kind: 'sent'; code: number; reply?: undefined }
  | { kind: 'deferred'; code?: number; status?: string; reason: DeferralReason }
  | { kind: 'failed'; code: number; status?: string }
  | { kind: 'unknown'; reason: 'connection_lost' | 'timeout' };

export type DeferralReason =
  | 'reply'
  | 'no_connection'
  | 'connection_lost'
  | 'timeout'
  | 'tls'
  | 'authentication'
  | 'refused_session'
  | 'sender_closed';

export interface Sender {
  /** Tries once. Outcomes are values; it throws only where the message is not one of `composeMessage`. */
  send(message: ComposedMessage): Promise<SendOutcome>;
  /** Lets messages under way finish, then closes the connections. What is sent later is deferred. */
  close(): Promise<void>;
}

export interface SenderOptions {
  /** smtp: or smtps:, credentials included. */
  url: string;
  /** Most connections at a time. */
  connections: number;
  /** Milliseconds; default 30,000. */
  connectTimeoutMs?: number;
  /** Milliseconds without a byte from the server; default 600,000 (RFC 5321, 4.5.3.2.6: ten minutes after the last dot). */
  replyTimeoutMs?: number;
}

/** What nodemailer's errors carry. `command` is the SMTP command that a reply answered, or CONN or API. */
interface SmtpError extends Error {
  code?: string;
  /** The code of the system's error, such as ECONNRESET. */
  originalCode?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** Sends over a pool of SMTP connections to one relay. */
export function createSender(options: SenderOptions): Sender {
  const connectTimeout = options.connectTimeoutMs ?? 30_000;
  const transport = createTransport({
    url: options.url,
    pool: true,
    maxConnections: options.connections,
    maxMessages: 500,
    // A pooled connection that the server had closed meanwhile is noticed before any byte of a message went out;
    // one repeat on a new connection is safe. nodemailer repeats in no other case.
    maxRequeues: 1,
    connectionTimeout: connectTimeout,
    greetingTimeout: connectTimeout,
    dnsTimeout: connectTimeout,
    socketTimeout: options.replyTimeoutMs ?? 600_000,
    logger: false,
  });
  transport.use('stream', watchHandover);
  const underWay = new Set<Promise<SendOutcome>>();
  let closed = false;

  const attempt = async (message: ComposedMessage): Promise<SendOutcome> => {
    const handover: Handover = {};
    const mail: ComposedMessage & { handover: Handover } = { ...message, handover };
    try {
      const info = await transport.sendMail(mail);
      return { kind: 'sent', code: Number.parseInt(info.response, 10) };
    } catch (error) {
      return outcomeOf(error as SmtpError, wasHandedOver(handover));
    }
  };

  return {
    async send(message) {
      if (closed) return { kind: 'deferred', reason: 'sender_closed' };
      const attempted = attempt(message);
      underWay.add(attempted);
      try {
        return await attempted;
      } finally {
        underWay.delete(attempted);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      transport.close();
    },
  };
}

/** Only these answer for the message; a 5xx greeting or login says something about the relay, not about the address. */
const commandsOfMessage = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

function outcomeOf(error: SmtpError, handedOver: boolean): SendOutcome {
  const code = error.responseCode;
  if (code !== undefined && code >= 400) {
    const status = enhancedStatus(error.response, code);
    const ofMessage = commandsOfMessage.has(error.command ?? '');
    // 503 says that the session was in the wrong state, so the same message can go through on another connection.
    if (code >= 500 && code < 600 && code !== 503 && ofMessage) return { kind: 'failed', code, status };
    if (code < 500 || !handedOver) {
      const reason = error.code === 'EAUTH' ? 'authentication' : ofMessage || code < 500 ? 'reply' : 'refused_session';
      return { kind: 'deferred', code, status, reason };
    }
  }
  const timedOut = error.code === 'ETIMEDOUT';
  if (handedOver) return { kind: 'unknown', reason: timedOut ? 'timeout' : 'connection_lost' };
  return { kind: 'deferred', reason: timedOut ? 'timeout' : reasonOf(error) };
}

function reasonOf(error: SmtpError): DeferralReason {
  switch (error.code) {
    case 'ETLS':
      return 'tls';
    case 'EAUTH':
    case 'ENOAUTH':
      return 'authentication';
    case 'EDNS':
      return 'no_connection';
    case 'ESOCKET':
      return error.originalCode === 'ECONNRESET' || error.originalCode === 'EPIPE'
        ? 'connection_lost'
        : 'no_connection';
    case 'ECONNECTION':
    case 'EPROTOCOL':
      return 'connection_lost';
    default:
      // Not a word about the network: the message or the set-up is wrong, and another attempt would not change that.
      throw error;
  }
}

/** The enhanced status code of a reply, if its class agrees with the reply's code (RFC 2034, 4). */
function enhancedStatus(response: string | undefined, code: number): string | undefined {
  const status = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(response ?? '')?.[1];
  return status?.[0] === String(code)[0] ? status : undefined;
}
