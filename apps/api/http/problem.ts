import { z } from 'zod';
import { DomainError, type ErrorCode, errorCodes } from '../../../libs/domain/errors.js';

/** RFC 9457 problem details, with the stable code and the request's id. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string().optional(),
    /** Where in the request: a JSON pointer (RFC 6901) into the body, or the name of a parameter or header. */
    problems: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' });
export type ProblemDetails = z.infer<typeof problemSchema>;

export function problemOf(error: DomainError, requestId: string): ProblemDetails {
  return {
    type: `/problems/${error.code}`,
    title: error.title,
    status: error.status,
    code: error.code,
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.problems.length > 0 && { problems: error.problems }),
    request_id: requestId,
  };
}

interface Issue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>;
  readonly code?: string;
  readonly keys?: readonly string[];
}

const shownIssues = 50;

/** The issues of a schema as problems. Names of fields are repeated, values never. */
export function invalid(issues: readonly Issue[], where: 'body' | 'query'): DomainError {
  const problems = issues.slice(0, shownIssues).flatMap((issue) => {
    const path = (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment));
    if (issue.code === 'unrecognized_keys') {
      return (issue.keys ?? []).slice(0, shownIssues).map((key) => ({
        pointer: pointerTo([...path, key], where),
        detail: 'is not a known field',
      }));
    }
    return [{ pointer: pointerTo(path, where), detail: issue.message }];
  });
  return new DomainError('validation_failed', undefined, problems);
}

/** A JSON pointer (RFC 6901) into the body; the bare name of a query parameter. */
export function pointerTo(path: string[], where: 'body' | 'query'): string {
  if (where === 'query') return path.join('.');
  return path.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
