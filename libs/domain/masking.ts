/** Share of the characters of an address or number that operator's staff do not see (P20). */
export const maskedShare = 0.4;

const mask = '*';

/**
 * About 40 % of an email address replaced by asterisks: the middle of the local part first, then the middle of the
 * domain's first label, so that both stay recognisable to whoever knows the address and the top level stays whole.
 * The length is kept. Anything that is no address is masked entirely.
 */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 1) return mask.repeat([...address].length);
  const local = [...address.slice(0, at)];
  const domain = address.slice(at + 1);
  const dot = domain.indexOf('.');
  const label = [...(dot === -1 ? domain : domain.slice(0, dot))];
  const rest = dot === -1 ? '' : domain.slice(dot);
  const wanted = Math.ceil((local.length + 1 + label.length + rest.length) * maskedShare);
  const inLocal = Math.min(wanted, Math.max(local.length - 1, 1));
  const inLabel = Math.min(wanted - inLocal, Math.max(label.length - 1, 0));
  return `${maskMiddle(local, inLocal)}@${maskMiddle(label, inLabel)}${rest}`;
}

/** About 40 % of a mobile number replaced by asterisks, before its last two digits; country code and length stay. */
export function maskMobile(number: string): string {
  const digits = [...number];
  const count = Math.ceil(digits.length * maskedShare);
  const end = Math.max(digits.length - 2, count);
  return digits.map((digit, index) => (index >= end - count && index < end ? mask : digit)).join('');
}

function maskMiddle(characters: string[], count: number): string {
  if (count <= 0) return characters.join('');
  const start = Math.min(1, characters.length - count);
  return characters.map((character, index) => (index >= start && index < start + count ? mask : character)).join('');
}
