import { createHmac } from 'node:crypto';
import type { Channel } from '../domain/consent.js';

/** What a fingerprint is of. Part of the HMAC's input, so that equal values of different kinds never meet. */
export type FingerprintPurpose = Channel | 'external_id' | 'request';

/**
 * HMAC-SHA-256 of a normalised value under the account's fingerprint key (decision 4): exact lookup, uniqueness,
 * suppression and tombstones, without the value.
 */
export function fingerprintOf(key: Buffer, purpose: FingerprintPurpose, normalised: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHmac('sha256', key).update(`${purpose}\n${normalised}`).digest());
}

/**
 * The scope under which opt-in mails to an address are counted on a day, under a platform key that changes daily: it
 * bounds mail over all accounts and tells nothing tomorrow.
 * @param parts what is counted besides the address: nothing, or account and list
 */
export function boundScope(platformKey: Buffer, day: string, address: string, parts: string[]): Buffer<ArrayBuffer> {
  const daily = createHmac('sha256', platformKey).update(day).digest();
  return Buffer.from(
    createHmac('sha256', daily)
      .update([address, ...parts].join('\n'))
      .digest(),
  );
}
