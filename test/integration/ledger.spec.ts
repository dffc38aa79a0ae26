import { randomUUID } from 'node:crypto';
import { freezeShard, skipRemaining } from '../../libs/db/campaigns.js';
import { Database } from '../../libs/db/database.js';
import {
  type Claim,
  claimDueDeliveries,
  countCampaign,
  endExpiredLeases,
  loadClaimed,
  moveToSending,
  queueDelivery,
  returnToQueue,
  type Settlement,
  settleDeliveries,
} from '../../libs/db/deliveries.js';
import { stopDeliveries } from '../../libs/db/erasures.js';
import { campaignStates } from '../../libs/domain/campaign.js';
import { type DeliveryLane, deliveryStates, leaseMs } from '../../libs/domain/delivery.js';
import { Keyring } from '../../libs/privacy/keyring.js';
import { LedgerAccount } from '../support/ledger-account.js';
import { type OwnStack, startOwnStack } from '../support/stack.js';

// A stack of its own without a worker: nobody but these tests claims.
let stack: OwnStack;
let db: Database;
let secondDb: Database;
let keyring: Keyring;
let account: LedgerAccount;
let otherAccount: LedgerAccount;

beforeAll(async () => {
  stack = await startOwnStack({ apps: [] });
  db = new Database(stack.env.DATABASE_URL!, 8);
  secondDb = new Database(stack.env.DATABASE_URL!, 8);
  keyring = new Keyring(stack.env.KEYRING_DATABASE_URL!, Buffer.from(stack.env.KEY_ENCRYPTION_KEY!, 'base64'));
  account = await LedgerAccount.open(db, keyring);
  otherAccount = await LedgerAccount.open(db, keyring);
});

afterEach(() => Promise.all([account.clearLedger(), otherAccount.clearLedger()]));

afterAll(async () => {
  await Promise.all([db?.close(), secondDb?.close(), keyring?.close()]);
  await stack?.stop();
});

const claim = (owner: string, lane: DeliveryLane = 'one_to_one', limit = 100, on = db): Promise<Claim[]> =>
  on.forSystem('delivery', (tx) => claimDueDeliveries(tx, lane, owner, limit));

const idsOf = (claims: Claim[]) => claims.map(({ id }) => id).sort();

const move = (owner: string, ids: string[]) => account.run((tx) => moveToSending(tx, owner, ids, new Set(ids)));

const settle = (owner: string, settlements: Settlement[]) =>
  account.run((tx) => settleDeliveries(tx, owner, settlements));

const sent = (id: string): Settlement => ({ id, state: 'sent', replyCode: 250, replyStatus: null, notBefore: null });

const expireLeases = (ids: string[]) =>
  db.forSystem(
    'delivery',
    (tx) =>
      tx.$executeRaw`UPDATE deliveries SET lease_expires_at = now() - interval '1 second' WHERE id = ANY(${ids}::uuid[])`,
  );

const sweep = () => db.forSystem('delivery', endExpiredLeases);

const service = { kind: 'address_verification' } as const;

describe('claiming', () => {
  test('gives each row to one lane, however many claim at once, over all accounts', async () => {
    const ids = [...(await account.deliveries(250, service)), ...(await otherAccount.deliveries(50, service))];
    const owners = Array.from({ length: 8 }, (_, index) => `lane ${index}`);
    const claimed = await Promise.all(
      owners.map(async (owner, index) => {
        const mine: Claim[] = [];
        for (;;) {
          const claims = await claim(owner, 'one_to_one', 7, index % 2 === 0 ? db : secondDb);
          expect(claims.length).toBeLessThanOrEqual(7);
          if (claims.length === 0) return mine;
          mine.push(...claims);
        }
      }),
    );
    expect(idsOf(claimed.flat())).toEqual([...ids].sort());
    expect(claimed.filter((mine) => mine.length > 0).length).toBeGreaterThan(1);
    expect(new Set(claimed.flat().map(({ leaseEpoch }) => leaseEpoch))).toEqual(new Set([1]));
    expect(new Set(claimed.flat().map(({ accountId }) => accountId))).toEqual(new Set([account.id, otherAccount.id]));
    const [owner, first] = [owners[0]!, claimed[0]!.find(({ accountId }) => accountId === account.id)];
    if (first)
      expect(await account.row(first.id)).toMatchObject({ state: 'claimed', leaseOwner: owner, leaseEpoch: 1 });
  });

  test('passes over what another lane is claiming at this moment instead of waiting for it', async () => {
    const ids = await account.deliveries(10, service);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let claimedFirst: (claims: Claim[]) => void = () => {};
    const first = new Promise<Claim[]>((resolve) => {
      claimedFirst = resolve;
    });
    const slow = db.forSystem('delivery', async (tx) => {
      claimedFirst(await claimDueDeliveries(tx, 'one_to_one', 'slow', 6));
      await gate;
    });
    const [mine, theirs] = [await first, await claim('quick', 'one_to_one', 100, secondDb)];
    release();
    await slow;
    expect([mine.length, theirs.length]).toEqual([6, 4]);
    expect(idsOf([...mine, ...theirs])).toEqual([...ids].sort());
  });

  test('takes the oldest first, no more than asked for, and leases them for two minutes', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const [recent] = await account.deliveries(1, { ...service, notBefore: minutesAgo(1) });
    const [oldest] = await account.deliveries(1, { ...service, notBefore: minutesAgo(9) });
    const [older] = await account.deliveries(1, { ...service, notBefore: minutesAgo(5) });
    expect(idsOf(await claim('lane', 'one_to_one', 2))).toEqual([oldest!, older!].sort());
    expect(idsOf(await claim('lane', 'one_to_one', 2))).toEqual([recent]);
    const { leaseExpiresAt } = await account.row(oldest!);
    expect(Math.abs(leaseExpiresAt!.getTime() - Date.now() - leaseMs)).toBeLessThan(10_000);
  });

  test('leaves what is not due yet, and what belongs to another lane', async () => {
    await account.deliveries(3, { ...service, notBefore: new Date(Date.now() + 60_000) });
    const [due] = await account.deliveries(1, service);
    expect(await claim('lane', 'campaign')).toEqual([]);
    expect(idsOf(await claim('lane'))).toEqual([due]);
  });

  test.each(deliveryStates)('takes rows that wait, no others: %s', async (state) => {
    const ids = await account.deliveries(2, { ...service, state });
    expect(idsOf(await claim('lane'))).toEqual(['queued', 'deferred'].includes(state) ? ids.sort() : []);
  });

  test.each(campaignStates)('takes rows of a campaign only while it is open: %s', async (state) => {
    const campaignId = await account.campaign(state);
    const id = await account.campaignDelivery(await account.contact(), campaignId);
    expect(idsOf(await claim('lane', 'campaign'))).toEqual(state === 'sending' ? [id] : []);
  });

  test('takes test sends of a campaign that is still a draft', async () => {
    const ids = await account.deliveries(1, { kind: 'test', campaignId: await account.campaign('draft') });
    expect(idsOf(await claim('lane'))).toEqual(ids);
  });
});

describe('a lease that ran out', () => {
  test('returns what was only claimed to the queue, where another lane takes it under a new epoch', async () => {
    const ids = await account.deliveries(3, service);
    await claim('dead');
    await expireLeases(ids);
    expect(await sweep()).toEqual({ returned: 3, unknown: 0 });
    expect(await account.row(ids[0]!)).toMatchObject({
      state: 'queued',
      leaseOwner: null,
      leaseExpiresAt: null,
      attempts: 0,
    });
    const again = await claim('living');
    expect(idsOf(again)).toEqual([...ids].sort());
    expect(again.map(({ leaseEpoch }) => leaseEpoch)).toEqual([2, 2, 2]);
  });

  test('makes what was being handed over unknown, which no lane ever takes again', async () => {
    const ids = await account.deliveries(3, service);
    await claim('dead');
    await move('dead', ids);
    await expireLeases(ids);
    expect(await sweep()).toEqual({ returned: 0, unknown: 3 });
    expect(await account.row(ids[0]!)).toMatchObject({ state: 'unknown', leaseOwner: null, attempts: 1 });
    expect((await account.row(ids[0]!)).settledAt).not.toBeNull();
    expect(await claim('living')).toEqual([]);
  });

  test('is the only one that ends: rows of living lanes stay theirs', async () => {
    const [sending, claimed] = await account.deliveries(2, service);
    await claim('living');
    await move('living', [sending!]);
    expect(await sweep()).toEqual({ returned: 0, unknown: 0 });
    expect(await account.states([sending!, claimed!])).toEqual(['sending', 'claimed']);
  });

  test('lets its lane start nothing more, even before anybody swept it', async () => {
    const ids = await account.deliveries(2, service);
    await claim('late');
    await expireLeases(ids);
    expect(await move('late', ids)).toEqual({ send: new Set(), skipped: new Map() });
    expect(await account.states(ids)).toEqual(['claimed', 'claimed']);
  });

  test('lets its lane start, load, give back or settle nothing that another one has claimed since', async () => {
    const ids = await account.deliveries(2, service);
    await claim('late');
    await expireLeases(ids);
    await sweep();
    await claim('new');
    expect(await account.run((tx) => loadClaimed(tx, 'late', ids))).toEqual([]);
    expect(await move('late', ids)).toEqual({ send: new Set(), skipped: new Map() });
    await account.run((tx) => returnToQueue(tx, 'late', ids));
    expect((await account.run((tx) => loadClaimed(tx, 'new', ids))).map(({ id }) => id).sort()).toEqual(
      [...ids].sort(),
    );
    expect((await move('new', ids)).send).toEqual(new Set(ids));
    await settle('late', ids.map(sent));
    expect(await account.states(ids)).toEqual(['sending', 'sending']);
  });
});

describe('settling', () => {
  const later = new Date('2030-01-01T00:00:00.000Z');

  test.each<[Partial<Settlement>, object]>([
    [
      { state: 'sent', replyCode: 250 },
      { state: 'sent', replyCode: 250 },
    ],
    [
      { state: 'failed', replyCode: 550, replyStatus: '5.1.1' },
      { state: 'failed', replyCode: 550, replyStatus: '5.1.1' },
    ],
    [{ state: 'unknown' }, { state: 'unknown', replyCode: null }],
    [
      { state: 'deferred', replyCode: 451, replyStatus: '4.7.1', notBefore: later },
      { state: 'deferred', replyCode: 451, replyStatus: '4.7.1', notBefore: later, settledAt: null },
    ],
  ])('writes down how it ended: %j', async (end, row) => {
    const [id] = await account.deliveries(1, service);
    await claim('lane');
    await move('lane', [id!]);
    await settle('lane', [{ id: id!, replyCode: null, replyStatus: null, notBefore: null, ...end } as Settlement]);
    const found = await account.row(id!);
    expect(found).toMatchObject({ attempts: 1, leaseOwner: null, leaseExpiresAt: null, ...row });
    if (end.state !== 'deferred') expect(found.settledAt).not.toBeNull();
  });

  test('by a lane whose lease ended changes nothing: unknown stays unknown', async () => {
    const ids = await account.deliveries(2, service);
    await claim('late');
    await move('late', ids);
    await expireLeases(ids);
    await sweep();
    await settle('late', ids.map(sent));
    expect(await account.states(ids)).toEqual(['unknown', 'unknown']);
    expect((await account.row(ids[0]!)).replyCode).toBeNull();
  });

  test('counts nothing that was never handed over, and nothing twice', async () => {
    const [claimed, handedOver] = await account.deliveries(2, service);
    await claim('lane');
    await move('lane', [handedOver!]);
    await settle('lane', [sent(claimed!), sent(handedOver!)]);
    await settle('lane', [{ ...sent(handedOver!), state: 'failed', replyCode: 550 }]);
    expect(await account.states([claimed!, handedOver!])).toEqual(['claimed', 'sent']);
    expect(await account.row(handedOver!)).toMatchObject({ replyCode: 250 });
  });

  test('of another account’s row changes nothing', async () => {
    const [theirs] = await otherAccount.deliveries(1, service);
    await claim('lane');
    await otherAccount.run((tx) => moveToSending(tx, 'lane', [theirs!], new Set([theirs!])));
    await settle('lane', [sent(theirs!)]);
    expect(await otherAccount.states([theirs!])).toEqual(['sending']);
  });
});

describe('the rows of a campaign', () => {
  const campaignOf = async () => ({
    id: await account.campaign('freezing'),
    accountId: account.id,
    listId: account.listId,
    templateId: account.templateId,
    templateVersion: 1,
    sandbox: false,
  });

  test('are one for each contact on the list over all shards, and no more when it is frozen again', async () => {
    await account.run((tx) => tx.subscription.deleteMany({}));
    const asked = ['subscribed', 'subscribed', 'subscribed', 'unsubscribed', 'pending', 'expired', 'none'] as const;
    const contacts: string[] = [];
    for (const subscription of asked) contacts.push(await account.contact({ subscription }));
    const campaign = await campaignOf();
    const freeze = async () => {
      let written = 0;
      for (let shard = 0; shard < 3; shard += 1) {
        written += await account.run((tx) => freezeShard(tx, campaign, shard, 3));
      }
      return written;
    };
    expect(await freeze()).toBe(4);
    expect(await freeze()).toBe(0);
    const rows = await account.run((tx) => tx.delivery.findMany({ where: { campaignId: campaign.id } }));
    expect(rows.map(({ contactId }) => contactId).sort()).toEqual(contacts.slice(0, 4).sort());
    expect(await account.run((tx) => countCampaign(tx, campaign.id))).toEqual({ states: { queued: 4 }, skipped: {} });
  });

  test('that wait are skipped when it is cancelled; those under way and those that ended stay', async () => {
    const campaignId = await account.campaign('cancelled');
    const ids: string[] = [];
    for (const state of deliveryStates)
      ids.push(...(await account.deliveries(1, { kind: 'campaign', campaignId, state })));
    expect(await account.run((tx) => skipRemaining(tx, campaignId))).toBe(2);
    const expected = deliveryStates.map((state) => (['queued', 'deferred'].includes(state) ? 'skipped' : state));
    expect(await account.states(ids)).toEqual(expected);
  });
});

test('the same message is queued once, whoever asks how often', async () => {
  const delivery = { accountId: account.id, kind: 'confirmation', dedupeKey: randomUUID(), sandbox: false } as const;
  const ids = await Promise.all([1, 2, 3].map(() => account.run((tx) => queueDelivery(tx, delivery))));
  expect(new Set(ids).size).toBe(1);
  expect(await account.row(ids[0]!)).toMatchObject({ state: 'queued', lane: 'one_to_one' });
});

test('an erasure ends what waits for the contact and counts what is being handed over', async () => {
  const contactId = await account.contact();
  const ids: string[] = [];
  for (const state of deliveryStates)
    ids.push(...(await account.deliveries(1, { kind: 'campaign', contactId, state })));
  expect(await account.run((tx) => stopDeliveries(tx, contactId))).toEqual({ underWay: 1 });
  const expected = deliveryStates.map((state) =>
    ['queued', 'claimed', 'deferred'].includes(state) ? 'skipped' : state,
  );
  expect(await account.states(ids)).toEqual(expected);
  expect(await account.row(ids[0]!)).toMatchObject({ skipReason: 'erased' });
});
