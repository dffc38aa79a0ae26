import { maskEmail, maskMobile } from './masking.js';

const letters = (count: number) => 'abcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, count);

/** Addresses of every length that mail has: local parts of 1 to 64, labels of 1 to 63, short and long endings. */
const addresses = [1, 2, 3, 4, 5, 8, 13, 21, 34, 64].flatMap((local) =>
  [1, 2, 3, 4, 5, 8, 13, 21, 34, 63].flatMap((label) =>
    ['se', 'com', 'co.uk', 'mail.example', 'photography'].map(
      (ending) => `${letters(local)}@${letters(label)}.${ending}`,
    ),
  ),
);

const masked = (text: string) => [...text].filter((character) => character === '*').length;

describe('a masked address', () => {
  test.each([
    ['anna@example.com', 'a***@e****le.com'],
    ['anna.andersson@example.com', 'a***********on@example.com'],
    ['info@mail.example.se', 'i***@m***.e**mple.se'],
    ['ab@cd.se', '**@**.se'],
    ['a@b.se', '*@*.s*'],
    ['åsa@exempel.se', 'å**@e****el.se'],
  ])('%s is shown as %s', (address, shown) => {
    expect(maskEmail(address)).toBe(shown);
  });

  test('hides about 40 % of the characters, at every length', () => {
    for (const address of addresses) {
      const share = masked(maskEmail(address)) / address.length;
      expect({ address, tooFew: share < 0.4, tooMany: share > 0.4 + 1 / address.length }).toEqual({
        address,
        tooFew: false,
        tooMany: false,
      });
    }
  });

  test('keeps its length, its @ and its dots, and nothing else than asterisks replaces a character', () => {
    for (const address of addresses) {
      const shown = maskEmail(address);
      expect(shown).toHaveLength(address.length);
      expect(shown.indexOf('@')).toBe(address.indexOf('@'));
      expect([...shown].every((character, index) => character === '*' || character === address[index])).toBe(true);
    }
  });

  test('never shows a whole local part', () => {
    for (const address of addresses) expect(maskEmail(address).split('@')[0]).toContain('*');
  });

  test('shows the top level, unless the address is too short to spare it', () => {
    for (const address of addresses.filter((each) => each.length > 30 && !each.endsWith('photography'))) {
      expect(maskEmail(address).split('.').at(-1)).toBe(address.split('.').at(-1));
    }
  });

  test('cannot be told from that of another address with the same visible characters', () => {
    expect(maskEmail('anna@example.com')).toBe(maskEmail('axyz@exyzwle.com'));
  });

  test.each(['', 'not an address', '@example.com', 'anna'])('that is none (%j) is hidden entirely', (text) => {
    expect(maskEmail(text)).toBe('*'.repeat(text.length));
  });

  test('counts characters, not their halves', () => {
    expect([...maskEmail('😀😀😀@example.com')]).toHaveLength(15);
    expect(maskEmail('😀😀😀@example.com')).toBe('😀**@e****le.com');
  });
});

describe('a masked number', () => {
  const numbers = Array.from({ length: 9 }, (_, index) => `+${'467012345678901'.slice(0, 7 + index)}`);

  test.each([
    ['+46701234567', '+4670*****67'],
    ['+1234567', '+1****67'],
    ['+441632960961', '+4416******61'],
  ])('%s is shown as %s', (number, shown) => {
    expect(maskMobile(number)).toBe(shown);
  });

  test('hides about 40 % of the characters and keeps its length, from 7 to 15 digits', () => {
    expect(numbers.map((number) => number.length)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
    for (const number of numbers) {
      const shown = maskMobile(number);
      expect(shown).toHaveLength(number.length);
      expect(masked(shown) / number.length).toBeGreaterThanOrEqual(0.4);
      expect(masked(shown) / number.length).toBeLessThanOrEqual(0.4 + 1 / number.length);
    }
  });

  test('is hidden too where it is too short to be one', () => {
    for (const text of ['1', '12', '123']) expect(maskMobile(text)).toContain('*');
  });
});
