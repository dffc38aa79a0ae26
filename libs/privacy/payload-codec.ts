import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { DomainError } from '../domain/errors.js';
import { derive } from './cipher.js';

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const ENCODING = 'binary/encrypted';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The key for Temporal payloads: HKDF-SHA-256 (RFC 5869) of the key-encryption key, so that whoever can read
 * histories holds a key that opens nothing else.
 * @param keyEncryptionKey 32 bytes
 * @returns 32 bytes
 */
export function derivePayloadKey(keyEncryptionKey: Buffer): Buffer {
  return derive(keyEncryptionKey, 'temporal-payloads');
}

/**
 * Encrypts every Temporal payload with AES-256-GCM. The whole payload, its metadata too, is serialised (protobuf) and
 * becomes the `data` of a payload whose only metadata is `encoding: binary/encrypted`; `data` is a random 12-byte IV,
 * the ciphertext, and the 16-byte tag.
 */
export class EncryptingCodec implements PayloadCodec {
  /** @param key 32 bytes, of `derivePayloadKey` */
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new RangeError('The payload key must have 32 bytes');
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypt(payload));
  }

  /**
   * Payloads with another encoding come back as they are: histories hold some that no codec saw.
   * @throws DomainError `internal` when a payload was encrypted with another key or was altered
   */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.decrypt(payload) : payload));
  }

  private encrypt(payload: Payload): Payload {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv, { authTagLength: TAG_BYTES });
    const plain = PayloadMessage.encode(payload).finish();
    const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding: Buffer.from(ENCODING) }, data };
  }

  private decrypt(payload: Payload): Payload {
    const data = Buffer.from(payload.data ?? []);
    if (data.length < IV_BYTES + TAG_BYTES) throw unreadable();
    const decipher = createDecipheriv('aes-256-gcm', this.key, data.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      // OpenSSL only says that the tag does not fit; the reason is one of the two that the error names.
      throw unreadable();
    }
    return PayloadMessage.decode(plain);
  }
}

function isEncrypted(payload: Payload): boolean {
  const encoding = payload.metadata?.encoding;
  return encoding != null && Buffer.from(encoding).equals(Buffer.from(ENCODING));
}

function unreadable(): DomainError {
  return new DomainError('internal', 'a Temporal payload was encrypted with another key or was altered');
}
