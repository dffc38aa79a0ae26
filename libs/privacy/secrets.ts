import { createHash, randomBytes, randomInt } from 'node:crypto';

/** A new API secret: `ask_live_…`, `ask_test_…` or `ask_operator_…` with 256 random bits. Shown once, kept as a hash. */
export function newSecret(mode: 'live' | 'test' | 'operator'): string {
  return `ask_${mode}_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 is enough for a secret of 256 random bits: there is nothing to guess that a slow hash would protect. */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(secret).digest());
}

/** Crockford's base32: no letters that are read as digits, for ids that people read to each other. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new SubscriberID (P2): `S-` and 12 random characters (60 bits), never used again. */
export function newSubscriberId(): string {
  return `S-${Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
}

/** Hash of a wording: what a tombstone keeps of what was shown. */
export function wordingHashOf(wording: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash('sha256').update(wording).digest());
}
