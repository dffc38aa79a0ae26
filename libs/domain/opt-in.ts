import type { TransitionTable } from './transition.js';

/** A double opt-in (P7), from the confirmation mail to its end. `ended`: stopped by an erasure or an unsubscribe. */
export const optInStatuses = ['awaiting', 'confirmed', 'expired', 'rejected', 'ended'] as const;
export type OptInStatus = (typeof optInStatuses)[number];
export type OptInEvent = 'confirm' | 'expire' | 'reject' | 'end';

/** Pressing the button twice is no error (confirmed stays confirmed); a click after any other end changes nothing. */
export const optInTransitions: TransitionTable<OptInStatus, OptInEvent> = {
  awaiting: { confirm: 'confirmed', expire: 'expired', reject: 'rejected', end: 'ended' },
  confirmed: { confirm: 'confirmed' },
  expired: {},
  rejected: { reject: 'rejected' },
  ended: {},
};

/** A resubscription (P18) has the same life: the mail, the button, "this was not me", expiry. */
export const resubscriptionTransitions = optInTransitions;

/** Opt-in mails an address may get: per list and day within one account, and per day over all accounts (P8). */
export const optInMailBounds = { perListAndDay: 1, perDayOverAllAccounts: 3 } as const;

/** One resubscription mail in 30 days (P18). */
export const resubscriptionPauseMs = 30 * 24 * 60 * 60 * 1000;

/** How long a resubscription waits for its click before its temporary key is destroyed. */
export const resubscriptionExpiryMs = 7 * 24 * 60 * 60 * 1000;

/** Since "this was not me", no opt-in or resubscription mail goes to that address for this long. */
export const rejectionPauseMs = 30 * 24 * 60 * 60 * 1000;

/** What is known of an address when a sign-up is decided. */
export interface SignUpFacts {
  /** An erased address whose owner has not come back by confirmation (P17). */
  blocked: boolean;
  suppressed: boolean;
  restricted: boolean;
  /** "This was not me" was pressed less than `rejectionPauseMs` ago. */
  rejectedRecently: boolean;
  subscription: 'none' | 'pending' | 'subscribed' | 'unsubscribed' | 'expired';
  /** An awaiting opt-in of this contact for this list. */
  awaiting: boolean;
  channelConfirmed: boolean;
}

/**
 * resubscribe: an erased person filled in the form (P18). opt_in: a confirmation mail follows. resend: the running
 * opt-in sends its mail once more. Everything else sends nothing; none of it shows outside (P8).
 */
export type SignUpDecision =
  | { kind: 'resubscribe' }
  | { kind: 'opt_in' }
  | { kind: 'resend' }
  | { kind: 'nothing'; reason: 'already_subscribed' | 'suppressed' | 'restricted' | 'rejected_recently' };

/** What a sign-up leads to. */
export function decideSignUp(facts: SignUpFacts): SignUpDecision {
  if (facts.rejectedRecently) return { kind: 'nothing', reason: 'rejected_recently' };
  if (facts.blocked) return { kind: 'resubscribe' };
  if (facts.restricted) return { kind: 'nothing', reason: 'restricted' };
  if (facts.suppressed) return { kind: 'nothing', reason: 'suppressed' };
  if (facts.subscription === 'subscribed' && facts.channelConfirmed) {
    return { kind: 'nothing', reason: 'already_subscribed' };
  }
  if (facts.awaiting) return { kind: 'resend' };
  return { kind: 'opt_in' };
}

/** What is known when somebody asks to bring an erased address back. */
export interface ResubscriptionFacts {
  requestedBy: 'staff' | 'form';
  /** A resubscription mail that the person has not confirmed went out less than `resubscriptionPauseMs` ago. */
  mailedRecently: boolean;
  /** "This was not me" was pressed on such a mail: recently (`rejectionPauseMs`), longer ago, or never. */
  rejected: 'recently' | 'earlier' | 'never';
}

/**
 * Why no resubscription mail is sent, or null (P18). A refusal by the person stops staff for good; the person's own form
 * works again after the pause.
 */
export function resubscriptionObstacle(facts: ResubscriptionFacts): 'rejected' | 'too_soon' | null {
  if (facts.rejected === 'recently') return 'rejected';
  if (facts.rejected === 'earlier' && facts.requestedBy === 'staff') return 'rejected';
  return facts.mailedRecently ? 'too_soon' : null;
}
