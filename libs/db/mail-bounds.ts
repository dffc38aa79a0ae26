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
  const taken = async (scope: Uint8Array<ArrayBuffer>, bound: number) =>
    (await tx.$executeRaw`
      INSERT INTO mail_bounds AS bounds (scope, day, mails) VALUES (${scope}, ${day}::date, 1)
      ON CONFLICT (scope, day) DO UPDATE SET mails = bounds.mails + 1 WHERE bounds.mails < ${bound}`) === 1;
  if (!(await taken(onList, optInMailBounds.perListAndDay))) return false;
  if (await taken(everywhere, optInMailBounds.perDayOverAllAccounts)) return true;
  await tx.$executeRaw`UPDATE mail_bounds SET mails = mails - 1 WHERE scope = ${onList} AND day = ${day}::date`;
  return false;
}
