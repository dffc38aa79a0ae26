/**
 * What a column holds. `identifier`: an address, name or number, sealed. `evidence`: proof of permission. `pseudonym`: a
 * random id or keyed fingerprint that leads to a person while the row it points to, or the key, exists. `behaviour`:
 * what the person did or asked. `setting`: chosen by the account. `none`: neither about a person nor chosen.
 */
export type ColumnContent = 'identifier' | 'evidence' | 'pseudonym' | 'behaviour' | 'segmentable' | 'setting' | 'none';

/** How an erasure treats the rows of one contact. */
export type ErasureRule =
  /** Rows go. `by` names the column that leads to the contact, or to the keyed fingerprint of an address. */
  | { how: 'delete'; by: string; match: 'contact' | 'fingerprint' }
  /** Rows stay for the totals; the listed columns no longer lead to anybody. */
  | { how: 'unlink'; by: string; set: Record<string, string> }
  /** Stays, for the reason given. */
  | { how: 'keep'; why: string }
  /** Holds nothing about contacts. */
  | { how: 'not_about_contacts' };

export interface StoreDeclaration {
  table: string;
  erasure: ErasureRule;
  /** In an answer to a request for information (GDPR art. 15): given, observed or inferred data, or not included. */
  exported: 'given' | 'observed' | 'inferred' | 'evidence' | 'no';
  retention: string;
  columns: Record<string, ColumnContent>;
}

/** Rows that housekeeping deletes by their age, in days (libs/db/retention.ts). */
export const retentionDays = { outbox: 7, idempotency_keys: 1, mail_bounds: 2, rate_bounds: 1, sign_ups: 30 } as const;

export const ended = (days: number) => `${days} days, then deleted by housekeeping`;

export const setting = (table: string, columns: string[], retention = 'until the account ends'): StoreDeclaration => ({
  table,
  erasure: { how: 'not_about_contacts' },
  exported: 'no',
  retention,
  columns: Object.fromEntries(columns.map((column) => [column, 'setting'])),
});
