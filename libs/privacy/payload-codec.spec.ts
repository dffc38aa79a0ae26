import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { derivePayloadKey, EncryptingCodec } from './payload-codec.js';

const keyEncryptionKey = Buffer.alloc(32, 7);
const codec = new EncryptingCodec(derivePayloadKey(keyEncryptionKey));
const payload = () => defaultPayloadConverter.toPayload({ contactId: 'c-1', note: 'Grüße, 你好' });

describe('the payload codec', () => {
  test('gives back what was encrypted, with its metadata', async () => {
    const original = payload();
    const [decoded] = await codec.decode(await codec.encode([original]));
    expect(defaultPayloadConverter.fromPayload(decoded!)).toEqual({ contactId: 'c-1', note: 'Grüße, 你好' });
    expect(Buffer.from(decoded!.metadata!.encoding!).toString()).toBe('json/plain');
  });

  test('leaves nothing of the content or its metadata readable', async () => {
    const [encoded] = await codec.encode([payload()]);
    expect(Object.keys(encoded!.metadata!)).toEqual(['encoding']);
    expect(Buffer.from(encoded!.metadata!.encoding!).toString()).toBe('binary/encrypted');
    const bytes = Buffer.from(encoded!.data!);
    expect(bytes.includes('contactId')).toBe(false);
    expect(bytes.includes('json/plain')).toBe(false);
  });

  test('encrypts the same content differently each time', async () => {
    const [first, second] = await codec.encode([payload(), payload()]);
    expect(Buffer.from(first!.data!).equals(Buffer.from(second!.data!))).toBe(false);
  });

  test('leaves payloads alone that it did not encrypt, in their order', async () => {
    const foreign = payload();
    const [encrypted] = await codec.encode([payload()]);
    const decoded = await codec.decode([foreign, encrypted!, {}]);
    expect(decoded[0]).toBe(foreign);
    expect(defaultPayloadConverter.fromPayload(decoded[1]!)).toEqual({ contactId: 'c-1', note: 'Grüße, 你好' });
    expect(decoded[2]).toEqual({});
  });

  test('refuses a payload that was altered, cut, or encrypted with another key', async () => {
    const [encoded] = await codec.encode([payload()]);
    const altered = Buffer.from(encoded!.data!);
    altered[20]! ^= 1;
    await expect(codec.decode([{ ...encoded!, data: altered }])).rejects.toThrow('another key or was altered');
    await expect(codec.decode([{ ...encoded!, data: Buffer.from('short') }])).rejects.toThrow(
      'another key or was altered',
    );
    const stranger = new EncryptingCodec(derivePayloadKey(randomBytes(32)));
    await expect(stranger.decode([encoded!])).rejects.toThrow('another key or was altered');
  });

  test('derives the same key every time, and not the key-encryption key itself', () => {
    const derived = derivePayloadKey(keyEncryptionKey);
    expect(derived).toHaveLength(32);
    expect(derived.equals(derivePayloadKey(Buffer.alloc(32, 7)))).toBe(true);
    expect(derived.equals(keyEncryptionKey)).toBe(false);
  });

  test('is not built from a key of the wrong size', () => {
    expect(() => new EncryptingCodec(Buffer.alloc(16))).toThrow('32 bytes');
  });
});
