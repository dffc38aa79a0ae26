import { z } from 'zod';

/** How a field is shown to operator's staff (P20): masked by about 40 %, or not at all. */
export type Sensitivity = 'email' | 'mobile' | 'personal';

const declared = z.registry<{ sensitivity: Sensitivity }>();

/** Declares an answer's field to be an email address. */
export function emailField() {
  return z.string().register(declared, { sensitivity: 'email' });
}

/** Declares an answer's field to be a mobile number. */
export function mobileField() {
  return z.string().register(declared, { sensitivity: 'mobile' });
}

/**
 * Declares an answer's field to be personal: names, IPs, form answers, rendered messages. It is null for operator's
 * staff, so the type is nullable.
 */
export function personal<Schema extends z.ZodType>(schema: Schema) {
  const nullable = schema.nullable();
  declared.add(nullable as never, { sensitivity: 'personal' });
  return nullable;
}

export function sensitivityOf(schema: z.ZodType): Sensitivity | undefined {
  return declared.get(schema)?.sensitivity;
}
