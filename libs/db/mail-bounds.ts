import { optInMailBounds } from '../domain/opt-in.js';
import { boundScope } from '../privacy/fingerprint.js';
import type { Tx } from './database.js';

/**
 * Counts one opt-in mail that somebody outside caused, if the address may still get one today (P8): nobody can be bombed
 * with confirmation mail, over all lists and accounts. Answers whether it may be sent; a refused one is not counted.
 * @param address normalised
 */
export async function takeOptInMail(
  tx: Tx,
  platformKey: Buffer,
  address: string,
  list: { accountId: string; listId: string },
  now: Date,
): Promise<boolean> {
  const day = now.toISOString().slice(0, 10);
  const everywhere = boundScope(platformKey, day, address, []);
  const onList = boundScope(platformKey, day, address, [list.accountId, list.listId]);
  if (!(await take(tx, onList, day, optInMailBounds.perListAndDay))) return false;
  if (await take(tx, everywhere, day, optInMailBounds.perDayOverAllAccounts)) return true;
  await tx.$executeRaw`UPDATE mail_bounds SET mails = mails - 1 WHERE scope = ${onList} AND day = ${day}::date`;
  return false;
}

/**
 * Counts one mail that asks the owner of a test address, against the same bound over all accounts: an account may name
 * any address as its own.
 * @param address normalised
 */
export async function takeVerificationMail(tx: Tx, platformKey: Buffer, address: string, now: Date): Promise<boolean> {
  const day = now.toISOString().slice(0, 10);
  return take(tx, boundScope(platformKey, day, address, []), day, optInMailBounds.perDayOverAllAccounts);
}

async function take(tx: Tx, scope: Uint8Array<ArrayBuffer>, day: string, bound: number): Promise<boolean> {
  const counted = await tx.$executeRaw`
    INSERT INTO mail_bounds AS bounds (scope, day, mails) VALUES (${scope}, ${day}::date, 1)
    ON CONFLICT (scope, day) DO UPDATE SET mails = bounds.mails + 1 WHERE bounds.mails < ${bound}`;
  return counted === 1;
}
