import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { ImportRow, Refusal } from '../../../libs/db/import-batches.js';
import { normaliseEmail, normaliseMobile } from '../../../libs/domain/address.js';
import { DomainError } from '../../../libs/domain/errors.js';
import type { ImportRefusalCode } from '../../../libs/domain/import.js';
import { maxExternalIdLength, maxNameLength } from '../contacts/contacts.types.js';
import { isTimeZone, readLanguage } from '../contacts/locale.js';
import { momentInput, text } from '../http/fields.js';
import type { FileRow } from './csv-file.js';

/** Columns of an imported file. `consent_at` and `consent_ip` are the row's own evidence. */
export const importColumns = [
  'email',
  'first_name',
  'last_name',
  'language',
  'time_zone',
  'mobile',
  'external_id',
  'consent_at',
  'consent_ip',
] as const;
type Column = (typeof importColumns)[number];

/** What one person alone has. */
const identifierColumns = ['email', 'mobile', 'external_id'] as const;
type Identifier = (typeof identifierColumns)[number];

/** A row that cannot be taken in, by what it says itself. */
class Refused extends Error {
  constructor(
    readonly code: ImportRefusalCode,
    readonly field: Column | null,
  ) {
    super(code);
  }
}

/** What holds for rows that do not say it themselves. */
export interface ImportDefaults {
  consentAt: Date | undefined;
  consentIp: string | undefined;
}

/** Checks rows one by one: each is either taken in or refused with the first thing that is wrong with it. */
export class ImportRowReader {
  readonly #seen = { email: new Set<string>(), mobile: new Set<string>(), external_id: new Set<string>() };
  readonly #timeZones = new Map<string, boolean>();
  readonly #name = text(maxNameLength);
  readonly #externalId = text(maxExternalIdLength);

  constructor(
    private readonly defaults: ImportDefaults,
    private readonly now: Date,
  ) {}

  read({ row, fields }: FileRow<Column>): ImportRow | Refusal {
    try {
      if (!fields) throw new Refused('columns_mismatch', null);
      return { row, contactId: randomUUID(), ...this.#readFields(fields) };
    } catch (error) {
      if (error instanceof Refused) return { row, code: error.code, field: error.field };
      throw error;
    }
  }

  #readFields(fields: Partial<Record<Column, string>>) {
    const email = normalised('email', 'address_invalid', fields.email ?? '', normaliseEmail);
    const mobile =
      fields.mobile === undefined ? undefined : normalised('mobile', 'number_invalid', fields.mobile, normaliseMobile);
    const externalId = this.#text('external_id', fields.external_id);
    const checked = {
      identity: {
        email,
        mobile,
        firstName: this.#text('first_name', fields.first_name),
        lastName: this.#text('last_name', fields.last_name),
        externalId,
      },
      language: this.#language(fields.language),
      timeZone: this.#timeZone(fields.time_zone),
      consentAt: this.#consentAt(fields.consent_at) ?? this.defaults.consentAt,
      consentIp: consentIp(fields.consent_ip) ?? this.defaults.consentIp,
    };
    // Last: a row that is refused for something else does not keep a later one out.
    this.#claim({ email, mobile, external_id: externalId });
    return checked;
  }

  /** Whoever stands in the file first is meant: a second row could contradict the first. */
  #claim(identifiers: Record<Identifier, string | undefined>): void {
    const given = identifierColumns.filter((field) => identifiers[field] !== undefined);
    const twice = given.find((field) => this.#seen[field].has(identifiers[field]!));
    if (twice) throw new Refused('duplicate_in_file', twice);
    for (const field of given) this.#seen[field].add(identifiers[field]!);
  }

  #text(field: 'first_name' | 'last_name' | 'external_id', value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    const read = (field === 'external_id' ? this.#externalId : this.#name).safeParse(value);
    if (!read.success) throw new Refused('field_invalid', field);
    return read.data;
  }

  #language(value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    const language = readLanguage(value);
    if (language === undefined) throw new Refused('field_invalid', 'language');
    return language;
  }

  /** A file has few time zones and many rows, and asking Intl takes a tenth of a millisecond. */
  #timeZone(value: string | undefined): string | undefined {
    if (value === undefined) return undefined;
    const known = this.#timeZones.get(value) ?? isTimeZone(value);
    this.#timeZones.set(value, known);
    if (!known) throw new Refused('field_invalid', 'time_zone');
    return value;
  }

  #consentAt(value: string | undefined): Date | undefined {
    if (value === undefined) return undefined;
    // A date alone is the start of that day in UTC.
    const read = momentInput.safeParse(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value);
    if (!read.success || read.data > this.now) throw new Refused('field_invalid', 'consent_at');
    return read.data;
  }
}

function consentIp(value: string | undefined): string | undefined {
  if (value !== undefined && isIP(value) === 0) throw new Refused('field_invalid', 'consent_ip');
  return value;
}

function normalised(
  field: Column,
  code: 'address_invalid' | 'number_invalid',
  value: string,
  normalise: (input: string) => string,
): string {
  try {
    return normalise(value);
  } catch (error) {
    if (error instanceof DomainError) throw new Refused(code, field);
    throw error;
  }
}
