import { hashSecret, newSecret, newSubscriberId, wordingHashOf } from './secrets.js';

describe.each(['live', 'test', 'operator'] as const)('an API secret of the kind %s', (mode) => {
  test('says what it is and holds 256 random bits', () => {
    const secret = newSecret(mode);
    expect(secret).toMatch(new RegExp(`^ask_${mode}_[A-Za-z0-9_-]{43}$`));
    expect(Buffer.from(secret.slice(`ask_${mode}_`.length), 'base64url')).toHaveLength(32);
    expect(newSecret(mode)).not.toBe(secret);
  });

  test('is recognised by its hash, which does not hold it', () => {
    const secret = newSecret(mode);
    expect(hashSecret(secret)).toHaveLength(32);
    expect(hashSecret(secret).equals(hashSecret(secret))).toBe(true);
    expect(hashSecret(newSecret(mode)).equals(hashSecret(secret))).toBe(false);
    expect(hashSecret(secret).includes(secret.slice(-8))).toBe(false);
  });
});

describe('a SubscriberID', () => {
  const ids = Array.from({ length: 5_000 }, newSubscriberId);

  test('is S- and twelve characters that people can read to each other', () => {
    for (const id of ids) expect(id).toMatch(/^S-[0-9A-HJKMNP-TV-Z]{12}$/);
  });

  test('is never used twice', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('uses all 32 characters of the alphabet at every place', () => {
    for (let place = 2; place < 14; place += 1) {
      expect(new Set(ids.map((id) => id[place])).size).toBe(32);
    }
  });
});

test('a wording has a hash of its own, to the last space', () => {
  expect(wordingHashOf('Yes').toString('hex')).toBe(wordingHashOf('Yes').toString('hex'));
  expect(wordingHashOf('Yes ').equals(wordingHashOf('Yes'))).toBe(false);
});
