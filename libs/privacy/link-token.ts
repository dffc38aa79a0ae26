import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link in a mail is for. The byte is part of the token, so it is never reused for another meaning. */
export const linkPurposes = {
  confirm_opt_in: 1,
  reject_opt_in: 2,
  confirm_resubscription: 3,
  reject_resubscription: 4,
  unsubscribe: 5,
  verify_test_address: 6,
  reject_test_address: 7,
} as const;
export type LinkPurpose = keyof typeof linkPurposes;

export interface Link {
  purpose: LinkPurpose;
  accountId: string;
  /** The row the link acts on: opt-in, resubscription, delivery or test address. */
  subjectId: string;
}

const macBytes = 16;

/**
 * The opaque, signed token of a link: `purpose (1) | account (16) | subject (16) | HMAC-SHA-256 truncated to 16`, in
 * base64url. It holds random ids only, needs no row to be checked, and is the same each time it is made, so that it is
 * never stored. A second use meets the state of the row, not of the token.
 */
export class LinkTokens {
  constructor(private readonly key: Buffer) {}

  sign(link: Link): string {
    const body = Buffer.concat([
      Buffer.from([linkPurposes[link.purpose]]),
      uuidBytes(link.accountId),
      uuidBytes(link.subjectId),
    ]);
    return Buffer.concat([body, this.#mac(body)]).toString('base64url');
  }

  /** The link that the token was signed for, or null where it is malformed or forged. */
  verify(token: string): Link | null {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== 33 + macBytes || bytes.toString('base64url') !== token) return null;
    const body = bytes.subarray(0, 33);
    if (!timingSafeEqual(bytes.subarray(33), this.#mac(body))) return null;
    const purpose = Object.entries(linkPurposes).find(([, byte]) => byte === body[0])?.[0] as LinkPurpose | undefined;
    if (!purpose) return null;
    return { purpose, accountId: uuidText(body.subarray(1, 17)), subjectId: uuidText(body.subarray(17, 33)) };
  }

  #mac(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest().subarray(0, macBytes);
  }
}

/** The public key of a form: account and form id in base64url. Not a secret: it stands in the pages that embed the form. */
export function formKeyOf(accountId: string, formId: string): string {
  return Buffer.concat([uuidBytes(accountId), uuidBytes(formId)]).toString('base64url');
}

export function parseFormKey(key: string): { accountId: string; formId: string } | null {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== key) return null;
  return { accountId: uuidText(bytes.subarray(0, 16)), formId: uuidText(bytes.subarray(16)) };
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
