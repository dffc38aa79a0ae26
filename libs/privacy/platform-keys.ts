import { derive } from './cipher.js';
import { LinkTokens } from './link-token.js';

/** Keys of the installation itself, each derived from the provider key for one purpose. */
export class PlatformKeys {
  /** Of the bounds on opt-in mail over all accounts. */
  readonly bounds: Buffer;
  /** Of the bounds on requests. */
  readonly rates: Buffer;
  /** Signs the links in mails. */
  readonly links: LinkTokens;

  constructor(keyEncryptionKey: Buffer) {
    this.bounds = derive(keyEncryptionKey, 'mail-bounds');
    this.rates = derive(keyEncryptionKey, 'rate-bounds');
    this.links = new LinkTokens(derive(keyEncryptionKey, 'links'));
  }
}
