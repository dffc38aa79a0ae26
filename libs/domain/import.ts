import { type SubscriptionStatus, subscriptionTransitions } from './consent.js';
import { nextState } from './transition.js';

/** Why a row of an imported file is refused. The row's content is never kept, so the code has to say it all. */
export const importRefusalCodes = [
  'columns_mismatch',
  'address_invalid',
  'number_invalid',
  'field_invalid',
  'duplicate_in_file',
  'address_blocked',
  'suppressed',
  'restricted',
  'objected',
  'unsubscribed',
  'evidence_missing',
  'identifier_taken',
] as const;
export type ImportRefusalCode = (typeof importRefusalCodes)[number];

/** What the account knows of a row's address when it is imported. */
export interface ImportFacts {
  /** An erased address whose owner has not come back (P17). */
  blocked: boolean;
  suppressed: boolean;
  restricted: boolean;
  objected: boolean;
  /** The contact's status on each list of the import. */
  statuses: readonly SubscriptionStatus[];
  /** When the consent was obtained is known. */
  dated: boolean;
}

/**
 * Why a pre-verified row may not come in, or null (P4, P7, P17). Evidence that a company holds never outweighs what the
 * person said since: a row is let in if it changes, or finds done, what it asks for on at least one list.
 */
export function importObstacle(facts: ImportFacts): ImportRefusalCode | null {
  if (facts.blocked) return 'address_blocked';
  if (facts.suppressed) return 'suppressed';
  if (facts.restricted) return 'restricted';
  if (facts.objected) return 'objected';
  const accepts = (status: SubscriptionStatus) =>
    nextState(subscriptionTransitions, status, 'import_verified') !== undefined;
  if (!facts.statuses.some(accepts)) return 'unsubscribed';
  return facts.dated ? null : 'evidence_missing';
}
