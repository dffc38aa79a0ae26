import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { parse } from 'csv-parse';
import { DomainError } from '../../../libs/domain/errors.js';

export const maxFileBytes = 20 * 1024 * 1024;
export const maxRows = 100_000;
const maxRecordCharacters = 64 * 1024;

/** One row of a file: its number (the header is 1) and its fields by column. Undefined where it does not fit the header. */
export interface FileRow<Column extends string> {
  row: number;
  fields: Partial<Record<Column, string>> | undefined;
}

/**
 * Reads a CSV file (RFC 4180): UTF-8 with or without a byte order mark, separated by commas or semicolons, quoted where
 * need be. Nothing is decided before the last byte has been read and found sound.
 * @throws DomainError payload_too_large, malformed_body for what is no UTF-8 or no CSV, validation_failed for a header
 * with unknown, repeated or missing columns; no message repeats anything of the file
 */
export async function readCsv<Column extends string>(
  body: Readable,
  columns: readonly Column[],
  required: Column,
): Promise<FileRow<Column>[]> {
  const pieces = await readText(body);
  const parser = Readable.from(pieces).pipe(
    parse({
      delimiter: delimiterOf(pieces),
      relax_column_count: true,
      max_record_size: maxRecordCharacters,
    }),
  );
  const rows: FileRow<Column>[] = [];
  let header: Column[] | undefined;
  let number = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      number += 1;
      if (record.length === 1 && record[0]!.trim() === '') continue;
      if (!header) {
        header = readHeader(record, columns, required);
        continue;
      }
      if (rows.length === maxRows) throw new DomainError('payload_too_large', `a file has at most ${maxRows} rows`);
      rows.push({ row: number, fields: fieldsOf(header, record) });
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw unreadable(error);
  }
  if (!header) throw badHeader('the file is empty');
  return rows;
}

/** The file as text in pieces, without its byte order mark. */
async function readText(body: Readable): Promise<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: string[] = [];
  let bytes = 0;
  // Not destroyed when this stops early: the socket under it still has to carry the refusal.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxFileBytes) throw new DomainError('payload_too_large', `a file has at most ${maxFileBytes} bytes`);
    pieces.push(decode(decoder, chunk));
  }
  pieces.push(decode(decoder));
  return pieces.filter((piece) => piece !== '');
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (error) {
    // The decoder's one refusal, which quotes nothing.
    if (error instanceof TypeError) throw new DomainError('malformed_body', 'the file is not in UTF-8');
    throw error;
  }
}

/** Whichever of the two stands more often in the header, which has no reason to hold the other. */
function delimiterOf(pieces: string[]): ',' | ';' {
  const header = (pieces[0] ?? '').split(/[\r\n]/, 1)[0]!;
  const count = (character: string) => header.split(character).length;
  return count(';') > count(',') ? ';' : ',';
}

function readHeader<Column extends string>(record: string[], columns: readonly Column[], required: Column): Column[] {
  const header = record.map((name, index) => {
    const column = columns.find((known) => known === name.trim().toLowerCase());
    // Not repeated: without a header, this is somebody's row.
    if (!column) throw badHeader(`column ${index + 1} is none of ${columns.join(', ')}`);
    return column;
  });
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice) throw badHeader(`the column ${twice} stands there twice`);
  if (!header.includes(required)) throw badHeader(`the column ${required} is missing`);
  return header;
}

function fieldsOf<Column extends string>(
  header: Column[],
  record: string[],
): Partial<Record<Column, string>> | undefined {
  if (record.length !== header.length) return undefined;
  const filled = header
    .map((name, index) => [name, record[index]!.trim()] as const)
    .filter(([, value]) => value !== '');
  return Object.fromEntries(filled) as Partial<Record<Column, string>>;
}

function badHeader(detail: string): DomainError {
  return new DomainError('validation_failed', undefined, [{ pointer: 'header', detail }]);
}

/** The parser's message repeats fields; its code and line do not. */
function unreadable(error: unknown): unknown {
  const { code, lines } = error as { code?: unknown; lines?: unknown };
  if (typeof code !== 'string' || !/^[A-Z_]{1,60}$/.test(code) || typeof lines !== 'number') return error;
  return new DomainError('malformed_body', `the file is no CSV near line ${lines}: ${code.toLowerCase()}`);
}
