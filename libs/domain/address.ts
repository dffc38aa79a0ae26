import { DomainError } from './errors.js';

/** Longest address that fits a path of RFC 5321, 4.5.3.1.3 (256 octets with the angle brackets), in octets of UTF-8. */
export const maxEmailLength = 254;
/** RFC 5321, 4.5.3.1.1, in octets of UTF-8. */
const maxLocalLength = 64;

const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domainLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form of an address that is compared and fingerprinted: NFC, lower case, domain as A-labels. No provider
 * rules (dots, plus tags). Frozen: a change would lose tombstones, so it would need a new key version.
 * @throws DomainError address_invalid; the message never repeats the address
 */
export function normaliseEmail(input: string): string {
  const address = input.trim().normalize('NFC').toLowerCase();
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = at > 0 ? domainToAscii(address.slice(at + 1)) : '';
  const labels = domain.split('.');
  const valid =
    at > 0 &&
    octets(local) <= maxLocalLength &&
    localPart.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => domainLabel.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!) &&
    octets(local) + domain.length + 1 <= maxEmailLength;
  if (!valid) throw new DomainError('address_invalid');
  return `${local}@${domain}`;
}

/**
 * A mobile number in E.164: a plus sign and 7 to 15 digits. Spaces, dashes, dots and brackets are dropped, 00 counts as
 * the plus sign, and the (0) that some write behind the country code is no digit of the number. A national number is refused: without its country it cannot be told apart.
 * @throws DomainError number_invalid
 */
export function normaliseMobile(input: string): string {
  const number = input
    .trim()
    .replace('(0)', '')
    .replace(/[\s().-]/g, '')
    .replace(/^00/, '+');
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new DomainError('number_invalid');
  return number;
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * IDNA to ASCII by the URL parser (WHATWG URL, domain to ASCII); an empty string where it is no host name. The parser
 * itself drops control characters at the end and would read others as the start of a path or port.
 */
function domainToAscii(domain: string): string {
  if (domain === '' || /[\p{Cc}\s/\\?#@:%[\]<>^|]/u.test(domain)) return '';
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return '';
  }
}
