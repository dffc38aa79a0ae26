import { maxEmailLength, normaliseEmail } from '../../../libs/domain/address.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { text } from '../http/fields.js';
import { type FormWording, honeypotField } from './views/form-page.js';

export interface Submission {
  /** Normalised. */
  email: string;
  firstName?: string;
  lastName?: string;
  tracking: boolean;
}

/** A field that was posted and a code of the form page: `required`, `invalid`, `too_long`. */
export interface SubmissionProblem {
  field: string;
  code: string;
}

export type ReadSubmission =
  | { kind: 'valid'; submission: Submission }
  /** What was typed is shown again, as far as it is text. */
  | { kind: 'invalid'; problems: SubmissionProblem[]; values: Record<string, string> }
  /** The field that nobody sees was filled in. */
  | { kind: 'program' };

const maxNameLength = 100;

/** Reads a posted form: fields as text, boxes as `yes` (forms) or true (JSON). What the form does not ask for is passed over. */
export function readSubmission(body: unknown, fields: FormWording['fields']): ReadSubmission {
  const posted = body !== null && typeof body === 'object' && !Array.isArray(body) ? body : {};
  const entry = (name: string): unknown => (Object.hasOwn(posted, name) ? posted[name as never] : undefined);
  if (entry(honeypotField) !== undefined && entry(honeypotField) !== '') return { kind: 'program' };

  const problems: SubmissionProblem[] = [];
  const email = readEmail(entry('email'), problems);
  const names = { first_name: undefined, last_name: undefined } as Record<
    'first_name' | 'last_name',
    string | undefined
  >;
  for (const field of fields) names[field] = readName(field, entry(field), problems);
  const consent = readBox('consent', entry('consent'), problems);
  const tracking = readBox('tracking', entry('tracking'), problems);
  if (consent === false) problems.push({ field: 'consent', code: 'required' });
  if (problems.length > 0 || email === undefined) {
    const typed = ['email', ...fields].map((field) => [field, entry(field)] as const);
    const values = typed.filter((pair): pair is [string, string] => typeof pair[1] === 'string');
    return { kind: 'invalid', problems, values: Object.fromEntries(values) };
  }
  return {
    kind: 'valid',
    submission: { email, firstName: names.first_name, lastName: names.last_name, tracking: tracking === true },
  };
}

function readEmail(value: unknown, problems: SubmissionProblem[]): string | undefined {
  const refuse = (code: string): undefined => {
    problems.push({ field: 'email', code });
  };
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) return refuse('required');
  if (typeof value !== 'string') return refuse('invalid');
  if (value.trim().length > maxEmailLength) return refuse('too_long');
  try {
    return normaliseEmail(value);
  } catch (error) {
    if (error instanceof DomainError) return refuse('invalid');
    throw error;
  }
}

function readName(field: string, value: unknown, problems: SubmissionProblem[]): string | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
  const read = text(maxNameLength).safeParse(value);
  if (read.success) return read.data;
  const tooLong = read.error.issues.some((issue) => issue.code === 'too_big');
  problems.push({ field, code: tooLong ? 'too_long' : 'invalid' });
  return undefined;
}

/** Ticked, not ticked, or (undefined) something that is neither: a value that nobody chose is no consent. */
function readBox(field: string, value: unknown, problems: SubmissionProblem[]): boolean | undefined {
  if (value === true || value === 'yes') return true;
  if (value === undefined || value === null || value === false || value === '' || value === 'no') return false;
  problems.push({ field, code: 'invalid' });
  return undefined;
}
