import { newKey } from './cipher.js';
import { boundScope, type FingerprintPurpose, fingerprintOf } from './fingerprint.js';

const key = newKey();
const hex = (bytes: Buffer) => bytes.toString('hex');

describe('a fingerprint', () => {
  test('is the same for the same address under the same key', () => {
    expect(hex(fingerprintOf(key, 'email', 'ada@example.com'))).toBe(
      hex(fingerprintOf(key, 'email', 'ada@example.com')),
    );
  });

  test('has a fixed value for a fixed key: tombstones of years ago must still be found', () => {
    expect(hex(fingerprintOf(Buffer.alloc(32, 1), 'email', 'ada@example.com'))).toBe(
      'a3fa35396abbf7bcf6edd707f1db642f1b1469d0ce5b190f61062b8cf6428981',
    );
  });

  test('of equal values for different purposes never meets', () => {
    const purposes: FingerprintPurpose[] = ['email', 'sms', 'external_id', 'request'];
    const values = purposes.map((purpose) => hex(fingerprintOf(key, purpose, '+46701234567')));
    expect(new Set(values).size).toBe(purposes.length);
  });

  test('tells accounts nothing of each other: another key, another fingerprint', () => {
    expect(hex(fingerprintOf(newKey(), 'email', 'ada@example.com'))).not.toBe(
      hex(fingerprintOf(key, 'email', 'ada@example.com')),
    );
  });

  test('holds nothing of the address', () => {
    const fingerprint = fingerprintOf(key, 'email', 'ada@example.com');
    expect(fingerprint).toHaveLength(32);
    expect(fingerprint.includes('ada')).toBe(false);
  });
});

describe('the scope of the bound on opt-in mail', () => {
  const today = hex(boundScope(key, '2026-11-24', 'ada@example.com', []));

  test('is the same all day', () => {
    expect(hex(boundScope(key, '2026-11-24', 'ada@example.com', []))).toBe(today);
  });

  test('is another one the next day, so that yesterday’s counts lead to nobody', () => {
    expect(hex(boundScope(key, '2026-11-25', 'ada@example.com', []))).not.toBe(today);
  });

  test('is another one for another address, list, account or installation', () => {
    const scopes = [
      today,
      hex(boundScope(key, '2026-11-24', 'eve@example.com', [])),
      hex(boundScope(key, '2026-11-24', 'ada@example.com', ['account', 'list'])),
      hex(boundScope(key, '2026-11-24', 'ada@example.com', ['account', 'another list'])),
      hex(boundScope(key, '2026-11-24', 'ada@example.com', ['another account', 'list'])),
      hex(boundScope(newKey(), '2026-11-24', 'ada@example.com', [])),
    ];
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  test('is no fingerprint of any account, even under an equal key', () => {
    expect(hex(fingerprintOf(key, 'email', 'ada@example.com'))).not.toBe(today);
  });
});
