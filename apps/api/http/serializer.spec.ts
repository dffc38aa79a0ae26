import { z } from 'zod';
import { emailField, mobileField, personal } from './sensitivity.js';
import { AnswerMismatchError, hasSensitiveField, present } from './serializer.js';

const card = z.object({
  id: z.string(),
  email: emailField().nullable(),
  mobile: mobileField().optional(),
  first_name: personal(z.string()),
  created_at: z.iso.datetime(),
  consents: z.array(z.object({ ip: personal(z.string()), kind: z.string() })),
});
const row = {
  id: 'c-1',
  email: 'anna.berg@example.com',
  mobile: '+46701234567',
  firstName: 'Anna',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  consents: [{ ip: '192.0.2.7', kind: 'confirmed', detailSealed: 'bytes' }],
  envelopeSealed: 'bytes',
};

describe('the serializer', () => {
  test('shows the account what the type declares, under the names of the API, and nothing else', () => {
    expect(present(card, row, 'account')).toEqual({
      id: 'c-1',
      email: 'anna.berg@example.com',
      mobile: '+46701234567',
      first_name: 'Anna',
      created_at: '2026-01-02T03:04:05.678Z',
      consents: [{ ip: '192.0.2.7', kind: 'confirmed' }],
    });
  });

  test('masks addresses and numbers for operator staff and removes what is personal, at any depth', () => {
    const shown = present(z.object({ data: z.array(card) }), { data: [row] }, 'operator');
    const [contact] = (shown as { data: Array<Record<string, unknown>> }).data;
    expect(contact).toMatchObject({ id: 'c-1', first_name: null, consents: [{ ip: null, kind: 'confirmed' }] });
    expect(contact!.email).toMatch(/^a\*+g?@e.*\.com$/);
    expect(contact!.email).toHaveLength('anna.berg@example.com'.length);
    expect(contact!.mobile).toBe('+4670*****67');
    expect(JSON.stringify(shown)).not.toMatch(/anna|Anna|192\.0\.2\.7|1234/);
  });

  test('masks inside optional, nullable, record and union types', () => {
    const schema = z.object({
      by_key: z.record(z.string(), emailField()).nullable(),
      either: z.union([z.object({ kind: z.literal('a'), to: emailField() }), z.object({ kind: z.literal('b') })]),
    });
    const value = { byKey: { one: 'anna.berg@example.com' }, either: { kind: 'a', to: 'anna.berg@example.com' } };
    expect(JSON.stringify(present(schema, value, 'operator'))).not.toContain('anna');
    expect(JSON.stringify(present(schema, value, 'account'))).toContain('anna.berg@example.com');
  });

  test('leaves null and missing values as they are, for everyone', () => {
    const empty = { id: 'c-2', email: null, firstName: null, createdAt: row.createdAt, consents: [] };
    for (const viewer of ['account', 'operator'] as const) {
      expect(present(card, empty, viewer)).toEqual({
        id: 'c-2',
        email: null,
        first_name: null,
        created_at: '2026-01-02T03:04:05.678Z',
        consents: [],
      });
    }
  });

  test('lets nothing out when a promised field is missing, and names the field without a value', () => {
    const broken = () => present(card, { ...row, id: undefined, firstName: 5 }, 'account');
    expect(broken).toThrow(AnswerMismatchError);
    expect(broken).toThrow(/\/id, \/first_name$/);
  });

  test('knows which types hold sensitive fields, so that they are not stored', () => {
    expect(hasSensitiveField(z.object({ data: z.array(card) }))).toBe(true);
    expect(hasSensitiveField(z.object({ id: z.string(), state: z.enum(['a']).nullable() }))).toBe(false);
  });
});
