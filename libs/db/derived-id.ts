import { createHash } from 'node:crypto';

/**
 * The id of a row that belongs to another one, the same at every try (RFC 9562, version 8): a step that was cut off and
 * runs again meets its own row and key instead of making a second.
 */
export function derivedId(kind: string, sourceId: string): string {
  const bytes = createHash('sha256').update(`${kind}\n${sourceId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
