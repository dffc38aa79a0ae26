import { z } from 'zod';
import { DomainError } from '../../../libs/domain/errors.js';
import { camelCase } from './casing.js';
import { hasForbiddenCharacters, isUuid } from './fields.js';

const defaultLimit = 25;
const maxLimit = 100;

/**
 * The query of a list: `limit`, `cursor`, `sort`, and its own filters. `@Query({ schema: pageQuery(['-created_at',
 * 'name'], { brand_id: id.optional() }) })`. A minus sorts from the greatest down; the first sort is the default.
 * Sorting fields are text, or times whose name ends in `_at`; they must never be null.
 */
export function pageQuery<const Sort extends string, Filters extends z.ZodRawShape = Record<never, never>>(
  sorts: readonly [Sort, ...Sort[]],
  filters: Filters = {} as Filters,
) {
  return z.strictObject({
    limit: z.coerce.number<string>().int().min(1).max(maxLimit).default(defaultLimit),
    cursor: z.string().max(1000).optional(),
    sort: z.enum(sorts).default(sorts[0] as never),
    ...filters,
  });
}

export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
  sort: string;
}

/** The type of a list's answer. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    /** The `cursor` of the next page; null on the last one. */
    next_cursor: z.string().nullable(),
  });
}

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

interface Sorting {
  column: string;
  direction: 'asc' | 'desc';
}

function sortingOf(sort: string): Sorting {
  return sort.startsWith('-')
    ? { column: camelCase(sort.slice(1)), direction: 'desc' }
    : { column: camelCase(sort), direction: 'asc' };
}

/**
 * The part of a Prisma query that reads one page: `findMany({ where: { AND: [filters, slice.where] }, orderBy:
 * slice.orderBy, take: slice.take })`. Rows come after the cursor's value and id, so that rows that appear meanwhile
 * move nothing.
 * @throws DomainError validation_failed for a cursor that this sort did not make
 */
export function sliceOf(page: PageQuery) {
  const { column, direction } = sortingOf(page.sort);
  const take = page.limit + 1;
  const orderBy = column === 'id' ? [{ id: direction }] : [{ [column]: direction }, { id: direction }];
  if (page.cursor === undefined) return { where: {}, orderBy, take };
  const { value, id } = readCursor(page.cursor, page.sort);
  const beyond = direction === 'asc' ? 'gt' : 'lt';
  const where =
    column === 'id'
      ? { id: { [beyond]: id } }
      : { OR: [{ [column]: { [beyond]: value } }, { [column]: value, id: { [beyond]: id } }] };
  return { where, orderBy, take };
}

/** The page of the rows that `sliceOf` asked for: one more than the limit says that there is a next page. */
export function toPage<Row extends { id: string }>(rows: Row[], page: PageQuery): Page<Row> {
  const data = rows.slice(0, page.limit);
  const last = data.at(-1);
  return { data, next_cursor: rows.length > page.limit && last ? writeCursor(page.sort, last) : null };
}

function writeCursor(sort: string, row: { id: string }): string {
  const value = (row as Record<string, unknown>)[sortingOf(sort).column];
  const written = value instanceof Date ? { t: value.toISOString() } : { v: value };
  return Buffer.from(JSON.stringify({ s: sort, i: row.id, ...written })).toString('base64url');
}

/** Made by us, but nothing keeps a caller from making one: the value must be of the column's type. */
const cursorSchemas = {
  moment: z.strictObject({ s: z.string(), i: z.string().refine(isUuid), t: z.iso.datetime() }),
  text: z.strictObject({
    s: z.string(),
    i: z.string().refine(isUuid),
    v: z.string().refine((value) => !hasForbiddenCharacters(value)),
  }),
};

function readCursor(cursor: string, sort: string): { value: Date | string; id: string } {
  const schema = cursorSchemas[sort.endsWith('_at') ? 'moment' : 'text'];
  const read = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!read.success || read.data.s !== sort) {
    throw new DomainError('validation_failed', undefined, [
      { pointer: 'cursor', detail: 'must be the next_cursor of an answer with the same sort' },
    ]);
  }
  return { value: 't' in read.data ? new Date(read.data.t) : read.data.v, id: read.data.i };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is one of the ways in which a cursor is none; the schema refuses undefined like the others.
    return undefined;
  }
}

/** The `Link` header of a page (RFC 8288). */
export function nextLink(publicUrl: string, requestUrl: string, cursor: string): string {
  const url = new URL(requestUrl, `${publicUrl}/`);
  url.searchParams.set('cursor', cursor);
  return `<${publicUrl}${url.pathname}${url.search}>; rel="next"`;
}
