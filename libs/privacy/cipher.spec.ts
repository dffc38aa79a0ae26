import { derive, newKey, open, seal } from './cipher.js';

const key = newKey();
const sealed = seal(key, 'Grüße, 你好', 'contact/a/1');

describe('a sealed value', () => {
  test('opens with its key and context', () => {
    expect(open(key, sealed, 'contact/a/1').toString()).toBe('Grüße, 你好');
  });

  test.each(['', 'x', 'x'.repeat(100_000)])('may be of any length', (text) => {
    expect(open(key, seal(key, text, 'c'), 'c').toString()).toBe(text);
  });

  test('may be bytes, and opens from a part of a larger buffer', () => {
    const bytes = Buffer.from([0, 255, 128, 1]);
    const inside = new Uint8Array(Buffer.concat([Buffer.alloc(7), seal(key, bytes, 'c'), Buffer.alloc(7)]));
    expect(open(key, inside.subarray(7, -7), 'c').equals(bytes)).toBe(true);
  });

  test('shows nothing of its content, and looks different each time', () => {
    const again = seal(key, 'Grüße, 你好', 'contact/a/1');
    expect(sealed.includes('Grüße')).toBe(false);
    expect(again.equals(sealed)).toBe(false);
    expect(again.subarray(1, 13).equals(sealed.subarray(1, 13))).toBe(false);
  });

  test('does not open when any one of its bytes was changed', () => {
    for (const [index] of sealed.entries()) {
      for (const bit of [0x01, 0x80]) {
        const altered = Buffer.from(sealed);
        altered[index]! ^= bit;
        expect(() => open(key, altered, 'contact/a/1')).toThrow();
      }
    }
  });

  test('does not open when it was cut or lengthened anywhere', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), 'contact/a/1')).toThrow();
      expect(() => open(key, sealed.subarray(sealed.length - length), 'contact/a/1')).toThrow();
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.from([0])]), 'contact/a/1')).toThrow();
  });

  test.each(['', 'contact/a/2', 'contact/b/1', 'contact/a/1 ', 'CONTACT/a/1'])(
    'does not open in the context %j',
    (context) => {
      expect(() => open(key, sealed, context)).toThrow();
    },
  );

  test('does not open with another key', () => {
    expect(() => open(newKey(), sealed, 'contact/a/1')).toThrow();
  });
});

describe('a key for one purpose', () => {
  const keyEncryptionKey = Buffer.alloc(32, 7);

  test('is the same each time, 32 bytes, and not the key it comes from', () => {
    const links = derive(keyEncryptionKey, 'links');
    expect(links).toHaveLength(32);
    expect(links.equals(derive(Buffer.alloc(32, 7), 'links'))).toBe(true);
    expect(links.equals(keyEncryptionKey)).toBe(false);
  });

  test('differs by purpose and by the key it comes from', () => {
    const links = derive(keyEncryptionKey, 'links');
    expect(derive(keyEncryptionKey, 'mail-bounds').equals(links)).toBe(false);
    expect(derive(Buffer.alloc(32, 8), 'links').equals(links)).toBe(false);
  });
});

test('new keys have 32 bytes and are never the same', () => {
  const keys = new Set(Array.from({ length: 100 }, () => newKey().toString('hex')));
  expect(keys.size).toBe(100);
  expect([...keys].every((hex) => hex.length === 64)).toBe(true);
});
