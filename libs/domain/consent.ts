import type { TransitionTable } from './transition.js';

export const channels = ['email', 'sms'] as const;
export type Channel = (typeof channels)[number];

/** Permission of one channel (P4). `deleted` exists in tombstones only. */
export const permissions = ['pending', 'confirmed', 'deleted'] as const;
export type Permission = (typeof permissions)[number];

/** Why a channel may be used at all: consent (GDPR art. 6(1)(a)), or an existing customer (ePrivacy art. 13(2)). */
export const bases = ['consent', 'existing_customer'] as const;
export type Basis = (typeof bases)[number];

/**
 * What can happen to a channel's permission. Only the person's own confirmation and evidence held by an importing
 * company set `confirmed` (P7); an unsubscribe is a matter of lists and leaves the channel alone (P12).
 */
export type PermissionEvent = 'confirm' | 'import_verified' | 'erase';

export const permissionTransitions: TransitionTable<Permission, PermissionEvent> = {
  pending: { confirm: 'confirmed', import_verified: 'confirmed', erase: 'deleted' },
  confirmed: { confirm: 'confirmed', import_verified: 'confirmed', erase: 'deleted' },
  deleted: {},
};

/** A contact on a list (P4). `none` is the absence of a row. */
export const subscriptionStatuses = ['none', 'pending', 'subscribed', 'unsubscribed', 'expired'] as const;
export type SubscriptionStatus = (typeof subscriptionStatuses)[number];

/**
 * sign_up: the person asked through a form or an opt-in; confirm: the person pressed the button; import_verified: the
 * importing company holds the evidence; unsubscribe: the person, or staff on the person's behalf; expire: nobody
 * answered; reject: "this was not me".
 */
export type SubscriptionEvent = 'sign_up' | 'confirm' | 'import_verified' | 'unsubscribe' | 'expire' | 'reject';

/**
 * Only the person turns `unsubscribed` back (sign_up, then confirm): an import that names an unsubscribed contact
 * changes nothing.
 */
export const subscriptionTransitions: TransitionTable<SubscriptionStatus, SubscriptionEvent> = {
  none: { sign_up: 'pending', import_verified: 'subscribed' },
  pending: {
    sign_up: 'pending',
    confirm: 'subscribed',
    import_verified: 'subscribed',
    unsubscribe: 'unsubscribed',
    expire: 'expired',
    reject: 'unsubscribed',
  },
  subscribed: {
    sign_up: 'subscribed',
    confirm: 'subscribed',
    import_verified: 'subscribed',
    unsubscribe: 'unsubscribed',
  },
  unsubscribed: { sign_up: 'pending', unsubscribe: 'unsubscribed' },
  expired: { sign_up: 'pending', import_verified: 'subscribed', unsubscribe: 'unsubscribed' },
};

/** One row of the evidence (P5). The order here is the order of a contact's life. */
export const consentEventKinds = [
  'requested',
  'reported',
  'imported',
  'confirmation_sent',
  'confirmed',
  'tracking_requested',
  'tracking_granted',
  'tracking_withdrawn',
  'unsubscribed',
  'unsubscribed_all',
  'expired',
  'rejected',
  'objected',
  'objection_lifted',
  'restricted',
  'restriction_lifted',
  'resubscription_confirmed',
] as const;
export type ConsentEventKind = (typeof consentEventKinds)[number];

/** Consent to tracking (ePrivacy art. 5(3)): a permission of its own, with its own unticked box. */
export const trackingConsents = ['none', 'granted', 'withdrawn'] as const;
export type TrackingConsent = (typeof trackingConsents)[number];
