import type { Permission, SubscriptionStatus } from './consent.js';

/** What is known of a contact at the moment a message would be sent. */
export interface EligibilityFacts {
  exists: boolean;
  erasing: boolean;
  restricted: boolean;
  objected: boolean;
  permission: Permission | 'none';
  subscription: SubscriptionStatus;
  suppressed: boolean;
  campaignOpen: boolean;
}

/** Why a message is not sent. The order is the order of the checks: the first that holds is the reason in the ledger. */
export const skipReasons = [
  'erased',
  'restricted',
  'objected',
  'suppressed',
  'permission_missing',
  'never_subscribed',
  'confirmation_pending',
  'confirmation_expired',
  'unsubscribed',
  'campaign_cancelled',
  'opt_in_over',
  'address_unverified',
  'not_composable',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/**
 * Whether marketing mail of a list may go to a contact now (P4): confirmed, subscribed, and nothing that stands above
 * lists. Returns the first reason against it, or null.
 */
export function marketingObstacle(facts: EligibilityFacts): SkipReason | null {
  if (!facts.exists || facts.erasing) return 'erased';
  if (facts.restricted) return 'restricted';
  if (facts.objected) return 'objected';
  if (facts.suppressed) return 'suppressed';
  if (facts.permission !== 'confirmed') return 'permission_missing';
  switch (facts.subscription) {
    case 'none':
      return 'never_subscribed';
    case 'pending':
      return 'confirmation_pending';
    case 'expired':
      return 'confirmation_expired';
    case 'unsubscribed':
      return 'unsubscribed';
    case 'subscribed':
      return facts.campaignOpen ? null : 'campaign_cancelled';
  }
}

/**
 * Whether an opt-in mail (confirmation, reminder, resubscription) may still go out: its opt-in is awaiting an answer,
 * and nothing forbids writing at all. Marketing permission is what it asks for, so it is not needed.
 */
export function optInMailObstacle(facts: {
  awaiting: boolean;
  erasing: boolean;
  restricted: boolean;
  suppressed: boolean;
}): SkipReason | null {
  if (facts.erasing) return 'erased';
  if (facts.restricted) return 'restricted';
  if (facts.suppressed) return 'suppressed';
  return facts.awaiting ? null : 'opt_in_over';
}
