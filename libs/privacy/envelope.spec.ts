import { randomUUID } from 'node:crypto';
import { newKey } from './cipher.js';
import { openIdentity, openJson, sealIdentity, sealJson } from './envelope.js';

const key = newKey();
const [account, contact] = [randomUUID(), randomUUID()];
const identity = {
  email: 'ada@example.com',
  mobile: '+46701234567',
  firstName: 'Åsa',
  lastName: 'O’Hara',
  externalId: '7',
};

describe('the envelope of a contact', () => {
  const sealed = sealIdentity(key, account, contact, identity);

  test('gives back what was put in', () => {
    expect(openIdentity(key, account, contact, sealed)).toEqual(identity);
  });

  test('leaves out what is not known', () => {
    const partly = sealIdentity(key, account, contact, { email: 'ada@example.com', firstName: undefined });
    expect(openIdentity(key, account, contact, partly)).toEqual({ email: 'ada@example.com' });
  });

  test('shows nothing of an address, number or name', () => {
    for (const value of Object.values(identity).filter((each) => each.length > 1)) {
      expect(sealed.includes(value)).toBe(false);
    }
  });

  test('does not open on the card of another contact', () => {
    expect(() => openIdentity(key, account, randomUUID(), sealed)).toThrow();
  });

  test('does not open in another account', () => {
    expect(() => openIdentity(key, randomUUID(), contact, sealed)).toThrow();
  });

  test('does not open with account and contact exchanged', () => {
    expect(() => openIdentity(key, contact, account, sealed)).toThrow();
  });
});

describe('a sealed value of another kind of row', () => {
  const row = randomUUID();
  const sealed = sealJson(key, account, 'sign_up', row, { email: 'ada@example.com' });

  test('gives back what was put in', () => {
    expect(openJson(key, account, 'sign_up', row, sealed)).toEqual({ email: 'ada@example.com' });
  });

  test.each<[string, string, string, string]>([
    ['kind', account, 'resubscription', row],
    ['row', account, 'sign_up', randomUUID()],
    ['account', randomUUID(), 'sign_up', row],
  ])('does not open as that of another %s', (_what, accountId, kind, rowId) => {
    expect(() => openJson(key, accountId, kind, rowId, sealed)).toThrow();
  });

  test('is never taken for the envelope of a contact', () => {
    expect(() => openIdentity(key, account, row, sealed)).toThrow();
  });
});
