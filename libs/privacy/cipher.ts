import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const formatVersion = 1;
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D): `version (1) | IV (12, random) | tag (16) | ciphertext`.
 * @param key 32 bytes
 * @param context authenticated, not stored: account, subject and purpose, so that a value moved to another row fails to open
 */
export function seal(key: Buffer, plaintext: Buffer | string, context: string): Buffer<ArrayBuffer> {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext as Buffer), cipher.final()]);
  return Buffer.concat([Buffer.from([formatVersion]), iv, cipher.getAuthTag(), ciphertext]);
}

/** @throws when the key, the context or the bytes are not the ones of `seal` */
export function open(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes[0] !== formatVersion || bytes.length < 1 + ivBytes + tagBytes) throw new Error('not a sealed value');
  const iv = bytes.subarray(1, 1 + ivBytes);
  const tag = bytes.subarray(1 + ivBytes, 1 + ivBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context)).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(1 + ivBytes + tagBytes)), decipher.final()]);
}

export function newKey(): Buffer {
  return randomBytes(32);
}

/** A key for one purpose from the provider key (RFC 5869, HKDF-SHA-256). */
export function derive(keyEncryptionKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', keyEncryptionKey, Buffer.alloc(0), `assent/${purpose}`, 32));
}
