import { hashSecret, newSecret } from '../privacy/secrets.js';

export interface IssuedSecret {
  /** Shown once. */
  secret: string;
  secretHash: Uint8Array<ArrayBuffer>;
  /** The last four characters, by which people tell keys apart. */
  hint: string;
}

export function issueSecret(mode: 'live' | 'test' | 'operator'): IssuedSecret {
  const secret = newSecret(mode);
  return { secret, secretHash: hashSecret(secret), hint: `…${secret.slice(-4)}` };
}
