import { z } from 'zod';
import { maskEmail, maskMobile } from '../../../libs/domain/masking.js';
import type { Viewer } from '../access/caller.js';
import { camelCase } from './casing.js';
import { type Sensitivity, sensitivityOf } from './sensitivity.js';

/** An answer does not have the fields that its type promises. A defect of the handler; names fields, never values. */
export class AnswerMismatchError extends Error {
  constructor(readonly fields: string[]) {
    super(`the answer does not match its type at: ${fields.join(', ')}`);
    this.name = 'AnswerMismatchError';
  }
}

/**
 * The one way out (decision 11): takes what the answer's type declares and nothing else, and shows it as the viewer may
 * see it (P20). A field `sender_name` is read from `sender_name` or from the row's `senderName`; dates become ISO 8601.
 * @throws AnswerMismatchError when the value lacks something that the type promises
 */
export function present(schema: z.ZodType, value: unknown, viewer: Viewer): unknown {
  const shown = project(schema, value, viewer);
  const checked = schema.safeParse(shown);
  if (!checked.success) throw new AnswerMismatchError(checked.error.issues.map((issue) => `/${issue.path.join('/')}`));
  return shown;
}

/** Whether a type declares a sensitive field anywhere. */
export function hasSensitiveField(schema: z.ZodType): boolean {
  return sensitivityOf(schema) !== undefined || partsOf(schema).some(hasSensitiveField);
}

function project(schema: z.ZodType, value: unknown, viewer: Viewer): unknown {
  if (value === null || value === undefined) return value;
  const sensitivity = sensitivityOf(schema);
  if (sensitivity !== undefined && viewer === 'operator') return hide(sensitivity, value);
  if (schema instanceof z.ZodObject) {
    const row = value as Record<string, unknown>;
    const entries = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [
      name,
      project(field, Object.hasOwn(row, name) ? row[name] : row[camelCase(name)], viewer),
    ]);
    return Object.fromEntries(entries.filter(([, shown]) => shown !== undefined));
  }
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value) ? value.map((entry) => project(schema.element as z.ZodType, entry, viewer)) : value;
  }
  if (schema instanceof z.ZodRecord) {
    const inner = schema.valueType as z.ZodType;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, project(inner, entry, viewer)]));
  }
  if (schema instanceof z.ZodUnion) return projectUnion(schema.options as z.ZodType[], value, viewer);
  const [inner] = partsOf(schema);
  if (inner) return project(inner, value, viewer);
  return value instanceof Date ? value.toISOString() : value;
}

/** The first alternative that the value fits, as seen by nobody in particular: a mask must not decide which one it is. */
function projectUnion(options: z.ZodType[], value: unknown, viewer: Viewer): unknown {
  const fitting = options.find((option) => option.safeParse(project(option, value, 'account')).success);
  if (!fitting) throw new AnswerMismatchError(['/']);
  return project(fitting, value, viewer);
}

/** The types inside a type. Whatever is not named here has none. */
function partsOf(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape as Record<string, z.ZodType>);
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  if (schema instanceof z.ZodUnion) return schema.options as z.ZodType[];
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return [schema.unwrap() as z.ZodType];
  }
  return [];
}

function hide(sensitivity: Sensitivity, value: unknown): unknown {
  if (sensitivity === 'personal') return null;
  return sensitivity === 'email' ? maskEmail(String(value)) : maskMobile(String(value));
}
