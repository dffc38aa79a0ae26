import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../../libs/domain/errors.js';

export interface OperationOptions {
  summary: string;
  description?: string;
  /** The type of the answer: nothing but its fields goes out. Without it, and without `produces`, the answer is empty. */
  answer?: z.ZodType;
  /** 200 with an answer, 204 without, unless said otherwise. */
  status?: number;
  /**
   * The answer is text or a stream of this media type and is sent as it is: pages and files only. Beside `answer`: what
   * the handler gives as text is sent so, anything else is the answer.
   */
  produces?: string;
  /** Other statuses that the same answer may have, and when it has them. */
  alternatives?: Record<number, string>;
  /** Refusals besides those that follow from the route itself (its key, body, query, ids in the path). */
  problems?: ErrorCode[];
  /** `read`: the answer carries an ETag. `write`: the request needs If-Match as well (parameter `@IfMatch()`). */
  versioned?: 'read' | 'write';
  /** The POST may carry an Idempotency-Key; its answer then holds ids, codes and times only. */
  idempotent?: boolean;
  /** Media types of the body; application/json unless said otherwise. */
  consumes?: string[];
  /** Bytes; 1 MiB unless said otherwise. */
  bodyLimit?: number;
}

export const operationKey = 'assent:operation';

/**
 * Declares a route: what it answers, which refusals it knows, how it is documented. Every route of the API has one; a
 * handler without it keeps the application from starting.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const { answer, produces, versioned, idempotent, consumes, bodyLimit } = options;
  const status = options.status ?? (answer || produces ? 200 : 204);
  const described = (code: number, description: string) =>
    ApiResponse({
      status: code,
      description,
      ...(answer && { standardSchema: answer }),
      ...(produces && { content: { [produces]: { schema: { type: 'string' } } } }),
    }) as MethodDecorator;
  const decorators: Array<MethodDecorator> = [
    SetMetadata(operationKey, { ...options, status }),
    HttpCode(status),
    RouteConfig({ consumes, bodyLimit }),
    ApiOperation({ summary: options.summary, description: options.description }),
    described(status, answer || produces ? 'Done' : 'Done; there is nothing to say'),
    ...Object.entries(options.alternatives ?? {}).map(([other, when]) => described(Number(other), when)),
    describeParameters,
  ];
  if (consumes) decorators.push(ApiConsumes(...consumes));
  if (versioned === 'write') {
    decorators.push(
      ApiHeader({
        name: 'If-Match',
        required: true,
        description: 'The ETag of what is changed, like "3"',
        schema: { type: 'string', pattern: '^"[1-9][0-9]{0,9}"$' },
      }),
    );
  }
  if (idempotent) {
    decorators.push(
      ApiHeader({
        name: 'Idempotency-Key',
        required: false,
        description: 'Repeating the request with the same key answers the same and starts nothing again, for 24 hours.',
        schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
      }),
    );
  }
  const problems: ErrorCode[] = [...(options.problems ?? [])];
  if (versioned === 'write') problems.push('version_required', 'version_mismatch');
  if (idempotent) problems.push('idempotency_key_reused', 'idempotency_in_progress');
  decorators.push(ProblemAnswers(problems));
  return applyDecorators(...decorators);
}

/** Documents refusals: one problem+json answer for each status. */
export function ProblemAnswers(codes: ErrorCode[]): MethodDecorator {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = errorCodes[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return applyDecorators(
    ...[...byStatus].map(([status, known]) => ApiResponse({ status, ...problemAnswer(known) }) as MethodDecorator),
  );
}

export function problemAnswer(codes: ErrorCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCodes[code].title}`).join('; '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/**
 * The OpenAPI scanner asks for the compiler's record of parameter types, which is not emitted here; the schemas that
 * stand at the parameters say everything, so any types will do.
 */
const describeParameters: MethodDecorator = (target, key) => {
  Reflect.defineMetadata('design:paramtypes', new Array(12).fill(Object), target, key);
};
