/** MailRating of a new contact, on the scale 0 to 5 in halves (P3). */
export const defaultMailRating = 3;

/** What the card shows: without tracking consent the rating is unknown, never low (P3). */
export function shownMailRating(rating: number | null, trackingConsent: string): number | 'unknown' {
  if (rating === null) return 'unknown';
  return trackingConsent === 'granted' || rating === defaultMailRating ? rating : 'unknown';
}

/** Where a contact came from; also a segment field (P2). */
export const contactSources = ['Form', 'API', 'Import', 'Resubscribed'] as const;
export type ContactSource = (typeof contactSources)[number];
