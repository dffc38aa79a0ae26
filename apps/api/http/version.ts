import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * Parameter decorator: the version that the caller means to change (RFC 9110, 13.1.1). Only a strong ETag that an answer
 * gave is accepted: `*` would overwrite what the caller has not seen.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '' || header.trim() === '*') throw new DomainError('version_required');
  const matched = /^"([1-9]\d{0,9})"$/.exec(header.trim());
  const version = Number(matched?.[1]);
  if (!matched || version > 2 ** 31 - 1) throw new DomainError('version_mismatch');
  return version;
});
