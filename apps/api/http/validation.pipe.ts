import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError } from '../../../libs/domain/errors.js';
import { hasForbiddenCharacters } from './fields.js';
import { invalid } from './problem.js';

/**
 * Checks what a handler declares with `@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`. Anything in
 * a path that its schema refuses is answered like something that does not exist.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (!schema || type === 'custom') return value;
    const where = type === 'query' ? 'query' : 'body';
    const issues = forbiddenCharacters(value, []);
    if (issues.length > 0) throw type === 'param' ? new DomainError('not_found') : invalid(issues, where);
    const result = await schema['~standard'].validate(value);
    if (result.issues) throw type === 'param' ? new DomainError('not_found') : invalid(result.issues, where);
    return result.value;
  }
}

function forbiddenCharacters(value: unknown, path: string[]): Array<{ message: string; path: string[] }> {
  if (typeof value === 'string') {
    return hasForbiddenCharacters(value) ? [{ message: 'must not have control characters', path }] : [];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    hasForbiddenCharacters(name)
      ? [{ message: 'has a field whose name has control characters', path }]
      : forbiddenCharacters(entry, [...path, name]),
  );
}
