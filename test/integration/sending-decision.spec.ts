import { lockContact } from '../../libs/db/contacts.js';
import { Database, type Tx } from '../../libs/db/database.js';
import { countCampaign, moveToSending, type SendingDecision } from '../../libs/db/deliveries.js';
import { changeSubscription } from '../../libs/db/subscriptions.js';
import { leaseMs } from '../../libs/domain/delivery.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { type ContactSituation, LedgerAccount } from '../support/ledger-account.js';
import { runningStack } from '../support/stack.js';

const { env } = runningStack();
const db = new Database(env.DATABASE_URL!, 6);
const keyring = new Keyring(env.KEYRING_DATABASE_URL!, Buffer.from(env.KEY_ENCRYPTION_KEY!, 'base64'));
let account: LedgerAccount;
let otherAccount: LedgerAccount;

beforeAll(async () => {
  account = await LedgerAccount.open(db, keyring);
  otherAccount = await LedgerAccount.open(db, keyring);
});

afterEach(() => Promise.all([account.clearLedger(), otherAccount.clearLedger()]));

afterAll(() => Promise.all([db.close(), keyring.close()]));

/** As `lane` has claimed it: the lanes of the shared stack leave such rows alone. */
const claimed = () =>
  ({ state: 'claimed', leaseOwner: 'lane', leaseEpoch: 1, leaseExpiresAt: new Date(Date.now() + leaseMs) }) as const;

async function claimedFor(contactId: string, campaignId: string): Promise<string> {
  const about = { contactId, campaignId, listId: account.listId };
  const [id] = await account.deliveries(1, { kind: 'campaign', ...about, ...claimed() });
  return id!;
}

const move = (ids: string[], composed = ids): Promise<SendingDecision> =>
  account.run((tx) => moveToSending(tx, 'lane', ids, new Set(composed)));

/** Whether a promise is still open after a while in which everything that is free to go on has gone on. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  const pause = new Promise((resolve) => setTimeout(resolve, 300, open));
  return (await Promise.race([promise, pause])) === open;
}

describe('the moment of sending', () => {
  test('hands over what nothing stands against', async () => {
    const id = await claimedFor(await account.contact(), await account.campaign('sending'));
    expect(await move([id])).toEqual({ send: new Set([id]), skipped: new Map() });
    const row = await account.row(id);
    expect(row).toMatchObject({ state: 'sending', attempts: 1, leaseOwner: 'lane', skipReason: null });
    expect(row.sendingAt).not.toBeNull();
  });

  const obstacles: Array<[string, ContactSituation]> = [
    ['unsubscribed', { subscription: 'unsubscribed' }],
    ['confirmation_pending', { subscription: 'pending' }],
    ['confirmation_expired', { subscription: 'expired' }],
    ['never_subscribed', { subscription: 'none' }],
    ['permission_missing', { permission: 'pending' }],
    ['suppressed', { suppressed: true }],
    ['objected', { objected: true }],
    ['restricted', { restricted: true }],
    ['erased', { erasing: true }],
    ['erased', { erasing: true, restricted: true, objected: true, suppressed: true, subscription: 'unsubscribed' }],
  ];

  test('says of each contact who must not be written to why, in one chunk with one who may', async () => {
    const campaignId = await account.campaign('sending');
    const expected = new Map<string, string>();
    for (const [reason, situation] of obstacles) {
      expected.set(await claimedFor(await account.contact(situation), campaignId), reason);
    }
    const good = await claimedFor(await account.contact(), campaignId);
    const ids = [...expected.keys(), good];

    // Nobody among them has a message ready, as it is when a card can no longer be opened: the reason stays the better one.
    const { send, skipped } = await move(ids, [good]);
    expect(send).toEqual(new Set([good]));
    expect(skipped).toEqual(expected);
    for (const [id, reason] of expected) {
      const row = await account.row(id);
      expect(row).toMatchObject({ state: 'skipped', skipReason: reason, attempts: 0, leaseOwner: null });
      expect(row.settledAt).not.toBeNull();
    }
    const reasons = [...expected.values()];
    const counts = Object.fromEntries(
      reasons.map((reason) => [reason, reasons.filter((each) => each === reason).length]),
    );
    expect(await account.run((tx) => countCampaign(tx, campaignId))).toEqual({
      states: { skipped: obstacles.length, sending: 1 },
      skipped: counts,
    });
  });

  test('skips the row of a contact who is gone, and one whose message cannot be made', async () => {
    const campaignId = await account.campaign('sending');
    const [unlinked] = await account.deliveries(1, {
      kind: 'campaign',
      campaignId,
      listId: account.listId,
      ...claimed(),
    });
    const unready = await claimedFor(await account.contact(), campaignId);
    const { send, skipped } = await move([unlinked!, unready], []);
    expect(send.size).toBe(0);
    expect(skipped).toEqual(
      new Map([
        [unlinked!, 'erased'],
        [unready, 'not_composable'],
      ]),
    );
  });

  test.each([
    ['cancelled', 'skipped', 'campaign_cancelled'],
    ['paused', 'queued', null],
    ['sending', 'sending', null],
  ] as const)('finds a campaign that became %s since the claim: the row is %s', async (state, after, skipReason) => {
    const campaignId = await account.campaign('sending');
    const id = await claimedFor(await account.contact(), campaignId);
    await account.run((tx) => tx.campaign.update({ where: { id: campaignId }, data: { state } }));
    const { send, skipped } = await move([id]);
    expect(send.has(id)).toBe(after === 'sending');
    expect(skipped.get(id) ?? null).toBe(skipReason);
    const leaseOwner = after === 'sending' ? 'lane' : null;
    expect(await account.row(id)).toMatchObject({ state: after, skipReason, leaseOwner });
  });

  test('of a paused campaign tells those who unsubscribed apart from those who wait', async () => {
    const campaignId = await account.campaign('sending');
    const waiting = await claimedFor(await account.contact(), campaignId);
    const left = await claimedFor(await account.contact({ subscription: 'unsubscribed' }), campaignId);
    await account.run((tx) => tx.campaign.update({ where: { id: campaignId }, data: { state: 'paused' } }));
    expect(await move([waiting, left])).toEqual({
      send: new Set(),
      skipped: new Map([[left, 'unsubscribed']]),
    });
    expect(await account.states([waiting, left])).toEqual(['queued', 'skipped']);
  });

  test.each<[string, ContactSituation, Parameters<LedgerAccount['optIn']>[1], string | null]>([
    ['waits', { permission: 'pending', subscription: 'pending' }, 'awaiting', null],
    ['waits, of somebody who objected to marketing', { objected: true, subscription: 'pending' }, 'awaiting', null],
    ['was confirmed', {}, 'confirmed', 'opt_in_over'],
    ['expired', { subscription: 'expired' }, 'expired', 'opt_in_over'],
    ['was refused', { subscription: 'unsubscribed' }, 'rejected', 'opt_in_over'],
    ['was ended', { subscription: 'unsubscribed' }, 'ended', 'opt_in_over'],
    ['waits, of a suppressed address', { suppressed: true }, 'awaiting', 'suppressed'],
    ['waits, of a restricted contact', { restricted: true }, 'awaiting', 'restricted'],
    ['waits, of a contact being erased', { erasing: true }, 'awaiting', 'erased'],
  ])('sends the confirmation mail of an opt-in that %s, or says why not', async (_what, situation, status, reason) => {
    const contactId = await account.contact(situation);
    const optInId = await account.optIn(contactId, status);
    const about = { contactId, optInId, listId: account.listId };
    const ids = [
      ...(await account.deliveries(1, { kind: 'confirmation', ...about, ...claimed() })),
      ...(await account.deliveries(1, { kind: 'confirmation_reminder', ...about, ...claimed() })),
    ];
    const { send, skipped } = await move(ids);
    expect(send).toEqual(new Set(reason ? [] : ids));
    expect(skipped).toEqual(new Map(reason ? ids.map((id) => [id, reason]) : []));
  });

  test('sends a resubscription mail while its offer stands and the address is not suppressed', async () => {
    const blocked = await account.resubscription('awaiting');
    await account.run(async (tx) => {
      const { addressFingerprint } = await tx.resubscription.findUniqueOrThrow({ where: { id: blocked } });
      await account.suppress(tx, addressFingerprint);
    });
    const offers = [await account.resubscription('awaiting'), await account.resubscription('rejected'), blocked];
    const ids: string[] = [];
    for (const resubscriptionId of offers) {
      ids.push(...(await account.deliveries(1, { kind: 'resubscription', resubscriptionId, ...claimed() })));
    }
    const { send, skipped } = await move(ids);
    expect(send).toEqual(new Set([ids[0]]));
    expect(skipped).toEqual(
      new Map([
        [ids[1]!, 'opt_in_over'],
        [ids[2]!, 'suppressed'],
      ]),
    );
  });

  test('sends a test only to an address whose owner agreed, also of a cancelled campaign', async () => {
    const campaignId = await account.campaign('cancelled');
    const [agreed] = await account.deliveries(1, {
      kind: 'test',
      campaignId,
      testAddressId: await account.testAddress(new Date()),
      ...claimed(),
    });
    const [asked] = await account.deliveries(1, {
      kind: 'test',
      campaignId,
      testAddressId: await account.testAddress(null),
      ...claimed(),
    });
    const { send, skipped } = await move([agreed!, asked!]);
    expect(send).toEqual(new Set([agreed]));
    expect(skipped).toEqual(new Map([[asked!, 'address_unverified']]));
  });

  test('of another account’s rows does nothing', async () => {
    const theirs = await otherAccount.deliveries(1, { kind: 'address_verification', ...claimed() });
    expect(await move(theirs)).toEqual({ send: new Set(), skipped: new Map() });
    expect(await otherAccount.states(theirs)).toEqual(['claimed']);
  });
});

describe('an unsubscribe at the moment of sending', () => {
  /** Holds what it did open until told to commit, as a slow transaction does. */
  function slowly<Result>(work: (tx: Tx) => Promise<Result>) {
    let commit = () => {};
    const gate = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let done: (result: Result) => void = () => {};
    const result = new Promise<Result>((resolve) => {
      done = resolve;
    });
    const ended = account.run(async (tx) => {
      done(await work(tx));
      await gate;
    });
    return { result, ended, commit };
  }

  async function claimedMessage() {
    const contactId = await account.contact();
    const id = await claimedFor(contactId, await account.campaign('sending'));
    const unsubscribe = async (tx: Tx) => {
      await lockContact(tx, contactId);
      return changeSubscription(
        tx,
        { accountId: account.id, contactId, listId: account.listId },
        'unsubscribe',
        'link',
      );
    };
    return { id, unsubscribe };
  }

  test('that came first is obeyed: sending waits for its commit, then skips', async () => {
    const { id, unsubscribe } = await claimedMessage();
    const unsubscribing = slowly(unsubscribe);
    await unsubscribing.result;
    const sending = move([id]);
    expect(await waits(sending)).toBe(true);
    unsubscribing.commit();
    await unsubscribing.ended;
    expect(await sending).toEqual({ send: new Set(), skipped: new Map([[id, 'unsubscribed']]) });
  });

  test('that came second waits until the decision is written, and holds from then on', async () => {
    const { id, unsubscribe } = await claimedMessage();
    const sending = slowly((tx) => moveToSending(tx, 'lane', [id], new Set([id])));
    expect((await sending.result).send).toEqual(new Set([id]));
    const unsubscribing = account.run(unsubscribe);
    expect(await waits(unsubscribing)).toBe(true);
    sending.commit();
    await sending.ended;
    expect(await unsubscribing).toEqual({ before: 'subscribed', after: 'unsubscribed' });
    expect(await account.states([id])).toEqual(['sending']);
  });

  test('keeps no other contact’s message waiting', async () => {
    const [leaving, staying] = [await claimedMessage(), await claimedMessage()];
    const unsubscribing = slowly(leaving.unsubscribe);
    await unsubscribing.result;
    expect((await move([staying.id])).send).toEqual(new Set([staying.id]));
    unsubscribing.commit();
    await unsubscribing.ended;
  });
});
