import { normaliseEmail, normaliseMobile } from './address.js';
import { DomainError } from './errors.js';

/** The code and message of a refusal. */
function refusal(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** 63 characters, the longest a label may be. */
const longLabel = 'l'.repeat(63);

const accepted: Array<[string, string]> = [
  ['ada@example.com', 'ada@example.com'],
  ['  Ada@Example.COM\t', 'ada@example.com'],
  ['ada@example.com\r\n', 'ada@example.com'],
  // Provider rules are none of ours: dots and tags tell addresses apart.
  ['a.d.a+news@gmail.com', 'a.d.a+news@gmail.com'],
  ["o'hara_{x}|~!#$%&*=?^`/-@example.com", "o'hara_{x}|~!#$%&*=?^`/-@example.com"],
  ['1@example.com', '1@example.com'],
  // NFC: the same letters typed in one piece or in two.
  ['A\u030asa@example.se', 'åsa@example.se'],
  ['\u00c5sa@example.se', 'åsa@example.se'],
  ['用户@example.com', '用户@example.com'],
  // IDN: always the A-label.
  ['info@MÜNCHEN.example', 'info@xn--mnchen-3ya.example'],
  ['info@mu\u0308nchen.example', 'info@xn--mnchen-3ya.example'],
  ['info@xn--mnchen-3ya.example', 'info@xn--mnchen-3ya.example'],
  ['info@XN--MNCHEN-3YA.example', 'info@xn--mnchen-3ya.example'],
  ['info@例え.テスト', 'info@xn--r8jz45g.xn--zckzah'],
  ['info@ｅｘａｍｐｌｅ．com', 'info@example.com'],
  ['ada@a.b.c.d.example', 'ada@a.b.c.d.example'],
  ['ada@4you.example', 'ada@4you.example'],
  [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
  [`${'ö'.repeat(32)}@example.com`, `${'ö'.repeat(32)}@example.com`],
  [`ada@${longLabel}.example`, `ada@${longLabel}.example`],
];

const refused: Array<[string, string]> = [
  ['nothing', ''],
  ['spaces alone', '   '],
  ['no @', 'ada.example.com'],
  ['nothing before the @', '@example.com'],
  ['nothing behind the @', 'ada@'],
  ['an @ alone', '@'],
  ['two @', 'ada@b@example.com'],
  ['two @ in a row', 'ada@@example.com'],
  ['a line break and a header', 'ada@example.com\r\nBcc: eve@example.com'],
  ['a line break in the local part', 'ad\na@example.com'],
  ['a carriage return in the domain', 'ada@exam\rple.com'],
  ['a NUL at the end', 'ada@example.com\u0000'],
  ['a control character at the end', 'ada@example.com\u0001'],
  ['a control character in the domain', 'ada@exam\u0007ple.com'],
  ['a control character in the local part', 'a\u0000da@example.com'],
  ['DEL', 'ada@example.com\u007f'],
  ['a tab inside', 'ada@exam\tple.com'],
  ['a line separator inside', 'ad\u2028a@example.com'],
  ['an invisible space in the local part', 'ad\u200ba@example.com'],
  ['a direction mark in the local part', 'ad\u202ea@example.com'],
  ['a space inside', 'ada b@example.com'],
  ['a space in the domain', 'ada@example .com'],
  ['a quoted local part', '"ada"@example.com'],
  ['a quoted local part with an @', '"ada@b"@example.com'],
  ['a name before it', 'Ada <ada@example.com>'],
  ['a comment', 'ada(x)@example.com'],
  ['a list of two', 'ada@example.com,eve@example.com'],
  ['a semicolon', 'ada@example.com;eve@example.com'],
  ['a backslash', 'ada\\b@example.com'],
  ['a route', '@relay.example:ada@example.com'],
  ['a port', 'ada@example.com:25'],
  ['a path', 'ada@example.com/x'],
  ['a query', 'ada@example.com?x'],
  ['a fragment', 'ada@example.com#x'],
  ['an encoded dot', 'ada@example%2Ecom'],
  ['a dot at the start of the local part', '.ada@example.com'],
  ['a dot at the end of the local part', 'ada.@example.com'],
  ['two dots in a row', 'a..da@example.com'],
  ['a dot at the end', 'ada@example.com.'],
  ['a dot at the start of the domain', 'ada@.example.com'],
  ['two dots in the domain', 'ada@example..com'],
  ['a host without a top level', 'ada@localhost'],
  ['a label that starts with a dash', 'ada@-example.com'],
  ['a label that ends with a dash', 'ada@example-.com'],
  ['an underscore in the domain', 'ada@exam_ple.com'],
  ['an IP literal', 'ada@[192.0.2.1]'],
  ['an IPv6 literal', 'ada@[IPv6:2001:db8::1]'],
  ['an IP address', 'ada@192.0.2.1'],
  ['a short form of an IP address', 'ada@127.1'],
  ['a hexadecimal form of an IP address', 'ada@0x7f.1'],
  ['a number as top level', 'ada@example.123'],
  ['a broken A-label', 'ada@xn--a.example'],
  ['a local part of 65 octets', `${'x'.repeat(65)}@example.com`],
  ['a local part of 66 octets in 33 letters', `${'ö'.repeat(33)}@example.com`],
  ['a label of 64 characters', `ada@${'l'.repeat(64)}.example`],
  ['255 octets', `${'x'.repeat(60)}@${[longLabel, longLabel, longLabel].join('.')}.ab`],
];

describe('an email address', () => {
  test.each(accepted)('%j is compared as %s', (input, normalised) => {
    expect(normaliseEmail(input)).toBe(normalised);
  });

  test.each(accepted)('%j stays the same when it is normalised again', (input) => {
    const once = normaliseEmail(input);
    expect(normaliseEmail(once)).toBe(once);
    expect(normaliseEmail(once.toUpperCase())).toBe(once);
  });

  test.each(refused)('with %s is refused: %j', (_why, input) => {
    const error = refusal(() => normaliseEmail(input));
    expect(error.code).toBe('address_invalid');
    expect(error.message).toBe('address_invalid');
    expect(error.problems).toEqual([]);
  });

  test('of 254 octets is the longest', () => {
    const domain = [longLabel, longLabel, longLabel].join('.');
    const longest = `${'x'.repeat(59)}@${domain}.ab`;
    expect(longest).toHaveLength(254);
    expect(normaliseEmail(longest)).toBe(longest);
  });
});

describe('a mobile number', () => {
  test.each([
    ['+46701234567', '+46701234567'],
    [' +46 70-123 45 67 ', '+46701234567'],
    ['0046701234567', '+46701234567'],
    ['00 46 70 123 45 67', '+46701234567'],
    ['+46 (0)70 123 45 67', '+46701234567'],
    ['+1 (212) 555.0123', '+12125550123'],
    ['+1234567', '+1234567'],
    ['+123456789012345', '+123456789012345'],
  ])('%j is compared as %s', (input, normalised) => {
    expect(normaliseMobile(input)).toBe(normalised);
    expect(normaliseMobile(normalised)).toBe(normalised);
  });

  test.each([
    ['nothing', ''],
    ['no country', '0701234567'],
    ['no country, and a bracket', '(0)701234567'],
    ['no plus sign', '46701234567'],
    ['a country code of zero', '+0701234567'],
    ['two plus signs', '++46701234567'],
    ['a plus sign inside', '+4670+1234567'],
    ['too few digits', '+123456'],
    ['too many digits', '+1234567890123456'],
    ['letters', '+46 70 CALL ME'],
    ['an extension', '+46701234567;ext=1'],
    ['digits of another script', '+٤٦٧٠١٢٣٤٥٦٧'],
    ['a second number', '+46701234567,+46701234568'],
    ['a control character', '+46701234567\u0000'],
  ])('with %s is refused: %j', (_why, input) => {
    const error = refusal(() => normaliseMobile(input));
    expect(error.code).toBe('number_invalid');
    expect(error.message).toBe('number_invalid');
  });
});
