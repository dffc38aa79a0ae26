import type { OptInStatus } from '../domain/opt-in.js';
import type { Tx } from './database.js';

/** What came in with a sign-up, sealed under its temporary key until it is decided (P8). */
export interface SignUpPayload {
  /** Normalised. */
  email: string;
  firstName?: string;
  lastName?: string;
  language: string;
  timeZone?: string;
  /** The tracking box was ticked. */
  tracking: boolean;
  ip?: string;
  userAgent?: string;
  /** The exact wording that was shown beside the consent box, and beside the tracking box where it was ticked. */
  wording?: string;
  trackingWording?: string;
  /** When the person asked, where a caller of the API recorded it (ISO 8601); otherwise when the sign-up came in. */
  askedAt?: string;
  source: 'Form' | 'API';
  /** A caller of the API that could not give IP, time and wording (P5). */
  reported: boolean;
}

/** The sign-up, locked for its decision. */
export async function lockSignUp(tx: Tx, signUpId: string) {
  await tx.$queryRaw`SELECT id FROM sign_ups WHERE id = ${signUpId}::uuid FOR UPDATE`;
  return tx.signUp.findUnique({ where: { id: signUpId } });
}

/** The opt-in, locked for its answer. */
export async function lockOptIn(tx: Tx, optInId: string) {
  await tx.$queryRaw`SELECT id FROM opt_ins WHERE id = ${optInId}::uuid FOR UPDATE`;
  return tx.optIn.findUnique({ where: { id: optInId } });
}

export async function endOptIn(tx: Tx, optInId: string, status: Exclude<OptInStatus, 'awaiting'>): Promise<void> {
  await tx.optIn.update({ where: { id: optInId }, data: { status, endedAt: new Date() } });
}

/** The confirmation message that an opt-in last sent: what the person answered when pressing the button (P5). */
export async function answeredDelivery(
  tx: Tx,
  by: { optInId: string } | { resubscriptionId: string },
): Promise<string | undefined> {
  const row = await tx.delivery.findFirst({
    where: { ...by, state: { in: ['sending', 'sent', 'unknown'] } },
    orderBy: { createdAt: 'desc' },
    select: { id: true },
  });
  return row?.id;
}
