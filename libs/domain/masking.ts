/** Share of the characters of an address or number that operator's staff do not see (P20). */
export const maskedShare = 0.4;

const mask = '*';

/**
 * About 40 % of an email address replaced by asterisks: the local part behind its first character, then the labels of
 * the domain behind theirs, so that both stay recognisable to whoever knows the address. The first characters and the
 * top level go only where an address is too short to spare the rest. The length is kept. Anything that is no address is
 * masked entirely.
 */
export function maskEmail(address: string): string {
  const characters = [...address];
  const at = characters.lastIndexOf('@');
  if (at < 1) return mask.repeat(characters.length);
  const count = Math.ceil(characters.length * maskedShare);
  const hidden = new Set([...hidingOrder(characters, at)].slice(0, count));
  return characters.map((character, index) => (hidden.has(index) ? mask : character)).join('');
}

/** About 40 % of a mobile number replaced by asterisks, before its last two digits; country code and length stay. */
export function maskMobile(number: string): string {
  const digits = [...number];
  const count = Math.ceil(digits.length * maskedShare);
  const end = Math.max(digits.length - 2, count);
  return digits.map((digit, index) => (index >= end - count && index < end ? mask : digit)).join('');
}

/** Where the characters of an address stand, in the order in which they are given up. */
function hidingOrder(characters: string[], at: number): Set<number> {
  const local = characters.slice(0, at).map((_, index) => index);
  const labels: number[][] = [[]];
  for (let index = at + 1; index < characters.length; index += 1) {
    if (characters[index] === '.') labels.push([]);
    else labels.at(-1)!.push(index);
  }
  const topLevel = labels.length > 1 ? labels.pop()! : [];
  return new Set([
    ...(local.length === 1 ? local : local.slice(1)),
    ...labels.flatMap((label) => label.slice(1)),
    ...labels.flatMap((label) => label.slice(0, 1)),
    ...local,
    ...topLevel.slice(1),
    ...topLevel,
  ]);
}
