import { randomUUID } from 'node:crypto';
import { newKey } from './cipher.js';
import { formKeyOf, type LinkPurpose, LinkTokens, linkPurposes, parseFormKey } from './link-token.js';

const tokens = new LinkTokens(newKey());
const link = { purpose: 'confirm_opt_in', accountId: randomUUID(), subjectId: randomUUID() } as const;
const token = tokens.sign(link);
const purposes = Object.keys(linkPurposes) as LinkPurpose[];

/** The token with its bytes changed. */
function altered(change: (bytes: Buffer) => Buffer | undefined): string {
  const bytes = Buffer.from(token, 'base64url');
  return (change(bytes) ?? bytes).toString('base64url');
}

describe('a link in a mail', () => {
  test.each(purposes)('for %s leads to what it was made for', (purpose) => {
    const made = { ...link, purpose };
    expect(tokens.verify(tokens.sign(made))).toEqual(made);
  });

  test('is the same each time, fits a URL as it is, and holds ids only', () => {
    expect(tokens.sign(link)).toBe(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(encodeURIComponent(token)).toBe(token);
    expect(Buffer.from(token, 'base64url')).toHaveLength(49);
  });

  test('has another token for each purpose, account and subject, and each purpose a byte of its own', () => {
    const others = [
      ...purposes.map((purpose) => tokens.sign({ ...link, purpose })),
      tokens.sign({ ...link, accountId: randomUUID() }),
      tokens.sign({ ...link, subjectId: randomUUID() }),
    ];
    expect(new Set(others).size).toBe(others.length);
    expect(new Set(Object.values(linkPurposes)).size).toBe(purposes.length);
  });

  test('is refused when any one of its bits was changed', () => {
    for (let bit = 0; bit < 49 * 8; bit += 1) {
      const forged = altered((bytes) => {
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        return bytes;
      });
      expect(tokens.verify(forged)).toBeNull();
    }
  });

  test('is refused when its purpose was swapped for any other', () => {
    for (const purpose of purposes.filter((each) => each !== link.purpose)) {
      const swapped = altered((bytes) => Buffer.concat([Buffer.from([linkPurposes[purpose]]), bytes.subarray(1)]));
      expect(tokens.verify(swapped)).toBeNull();
    }
  });

  test('is refused when account and subject were exchanged', () => {
    const exchanged = altered((bytes) =>
      Buffer.concat([bytes.subarray(0, 1), bytes.subarray(17, 33), bytes.subarray(1, 17), bytes.subarray(33)]),
    );
    expect(tokens.verify(exchanged)).toBeNull();
  });

  test('is refused when it was cut or lengthened at any place', () => {
    for (let length = 0; length < token.length; length += 1) expect(tokens.verify(token.slice(0, length))).toBeNull();
    for (let start = 1; start < token.length; start += 1) expect(tokens.verify(token.slice(start))).toBeNull();
    expect(tokens.verify(`${token}A`)).toBeNull();
    expect(tokens.verify(token + token)).toBeNull();
  });

  test('is refused in any other spelling of the same bytes', () => {
    // 49 bytes end in two characters whose last four bits say nothing: sixteen spellings, one of them is right.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const bytes = Buffer.from(token, 'base64url');
    const spellings = [...alphabet]
      .map((last) => token.slice(0, -1) + last)
      .filter((spelling) => Buffer.from(spelling, 'base64url').equals(bytes));
    expect(spellings).toHaveLength(16);
    expect(spellings.filter((spelling) => tokens.verify(spelling) !== null)).toEqual([token]);
    for (const other of [
      `${token}==`,
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `${token}.`,
      `${token.slice(0, 5)}\n${token.slice(5)}`,
    ]) {
      expect(tokens.verify(other)).toBeNull();
    }
    expect(tokens.verify(bytes.toString('base64'))).toBeNull();
    expect(tokens.verify(bytes.toString('hex'))).toBeNull();
  });

  test('of another installation is refused', () => {
    expect(new LinkTokens(newKey()).verify(token)).toBeNull();
  });

  test.each(['', '.', 'undefined', '%00', '<script>', 'ö'.repeat(66), 'A'.repeat(66), '\u0000'])(
    'that is none (%j) is refused',
    (text) => {
      expect(tokens.verify(text)).toBeNull();
    },
  );
});

describe('the public key of a form', () => {
  const form = { accountId: randomUUID(), formId: randomUUID() };
  const formKey = formKeyOf(form.accountId, form.formId);

  test('leads to the form', () => {
    expect(parseFormKey(formKey)).toEqual(form);
    expect(formKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test.each(['', 'x', `${formKey}=`, `${formKey}A`, formKey.slice(1), ` ${formKey}`, `${formKey.slice(0, 42)}+`])(
    'that is none (%j) leads nowhere',
    (text) => {
      expect(parseFormKey(text)).toBeNull();
    },
  );
});
