import { randomUUID } from 'node:crypto';
import { derive } from './cipher.js';
import { PlatformKeys } from './platform-keys.js';

const keyEncryptionKey = Buffer.alloc(32, 3);

test('links made before a restart still work after it, and none of another installation', () => {
  const link = { purpose: 'unsubscribe', accountId: randomUUID(), subjectId: randomUUID() } as const;
  const token = new PlatformKeys(keyEncryptionKey).links.sign(link);
  expect(new PlatformKeys(Buffer.alloc(32, 3)).links.verify(token)).toEqual(link);
  expect(new PlatformKeys(Buffer.alloc(32, 4)).links.verify(token)).toBeNull();
});

test('the key of the bounds is neither the provider key nor the key of the links', () => {
  const { bounds } = new PlatformKeys(keyEncryptionKey);
  expect(bounds).toHaveLength(32);
  expect(bounds.equals(keyEncryptionKey)).toBe(false);
  expect(bounds.equals(derive(keyEncryptionKey, 'links'))).toBe(false);
});
