import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Cut, CutOff } from '../../support/cut-off.js';
import { LedgerAccount } from '../../support/ledger-account.js';
import { campaignSituations } from './campaign-situations.js';
import { consentSituations } from './consent-situations.js';
import { erasureSituations } from './erasure-situations.js';
import { End, prove } from './harness.js';
import { housekeepingSituations } from './housekeeping-situations.js';
import { contactToErase, person, signUp, waitingOptIn } from './people.js';
import { signUpSituations } from './sign-up-situations.js';
import { Workbench } from './workbench.js';

// Every activity on real services: run twice, cut off after each of its effects and inside each of its transactions, and
// run again. A crash does no more than that: Temporal runs the activity again, and nothing else of the run is left.

// Erasures first: what they had Temporal delete is looked for at the end.
const situations = [
  ...erasureSituations,
  ...signUpSituations,
  ...consentSituations,
  ...campaignSituations,
  ...housekeepingSituations,
];

/** Activities without a situation, and what proves them instead. */
const provenElsewhere: Record<string, string> = {
  runLane: 'it runs until it is stopped; the ledger’s leases make it repeatable, which the specs of the ledger prove',
};

const activitiesFolder = new URL('../../../activities/', import.meta.url);

/** The methods of every activity class, from the files that hold them. */
async function activityNames(): Promise<string[]> {
  const names: string[] = [];
  for (const file of readdirSync(activitiesFolder)) {
    const name = /^(.+\.activities)\.(ts|js)$/.exec(file)?.[1];
    if (name === undefined) continue;
    const module: Record<string, unknown> = await import(`../../../activities/${name}.js`);
    for (const [exported, value] of Object.entries(module)) {
      if (!exported.endsWith('Activities') || typeof value !== 'function') continue;
      names.push(...Object.getOwnPropertyNames(value.prototype).filter((method) => method !== 'constructor'));
    }
  }
  return names;
}

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.open();
});

afterAll(() => bench?.close());

test('every activity has a situation in which it is cut off, or a reason why not', async () => {
  const proven = new Set([...situations.map(({ activity }) => activity), ...Object.keys(provenElsewhere)]);
  expect([...proven].sort()).toEqual([...new Set(await activityNames())].sort());
});

test.each(situations.map((situation) => [situation.activity, situation.when, situation] as const))(
  '%s ends the same wherever it is cut off, when %s',
  async (_activity, _when, situation) => prove(bench, situation),
);

describe('what a run leaves that nobody runs again', () => {
  let account: LedgerAccount;

  beforeEach(async () => {
    await bench.clear();
    bench.effects.begin();
    account = await LedgerAccount.open(bench.db, bench.keyring);
  });

  /** Runs an activity that ends at the cut; afterwards the bench goes on as usual. */
  async function cutOff(cut: Cut, run: () => Promise<unknown>): Promise<void> {
    bench.effects.begin(cut);
    await expect(run()).rejects.toThrow(CutOff);
    bench.effects.begin();
  }

  const afterTwoHours = () =>
    bench.age('UPDATE subject_keys SET created_at = now() - $1::interval', ['2 hours'], 'keyring');

  const keysOf = async () => new End((await bench.read(account.id)).rows, undefined).keys;

  test('a mail that was counted is queued: neither stands without the other', async () => {
    const optIn = await waitingOptIn(bench, account);
    const run = () => bench.consent.queueOptInMail({ ...optIn, kind: 'confirmation', number: 0 });
    const counted = async () => {
      const { rows } = await bench.read(account.id);
      const end = new End(rows, undefined);
      return { mails: end.values('mail_bounds', 'mails'), deliveries: end.of('deliveries').length };
    };
    await cutOff({ inside: 1 }, run);
    expect(await counted()).toEqual({ mails: [], deliveries: 0 });
    await cutOff({ after: 1 }, run);
    expect(await counted()).toEqual({ mails: [1, 1], deliveries: 1 });
    expect(await run()).toEqual({ queued: true });
    expect(await counted()).toEqual({ mails: [1, 1], deliveries: 1 });
  });

  test('keys of a decision that was never made are swept; the sign-up keeps its own and can still be decided', async () => {
    const signUpId = await signUp(bench, account);
    const run = () => bench.consent.decideSignUp({ accountId: account.id, signUpId });
    await cutOff({ after: 2 }, run);
    expect(await keysOf()).toEqual({ contact: 1, pending: 2 });
    await bench.housekeeping.sweepOrphanKeys();
    expect(await keysOf()).toEqual({ contact: 1, pending: 2 });
    await afterTwoHours();
    await bench.housekeeping.sweepOrphanKeys();
    expect(await keysOf()).toEqual({ pending: 1 });
    expect(await run()).toMatchObject({ kind: 'opt_in' });
    expect(await keysOf()).toEqual({ contact: 1 });
  });

  test('a tombstone’s key without its tombstone is swept, and the tombstone written later opens', async () => {
    const erasure = await contactToErase(bench, account);
    await cutOff({ after: 1 }, () => bench.erasure.writeTombstone(erasure));
    await afterTwoHours();
    await bench.housekeeping.sweepOrphanKeys();
    expect(await keysOf()).toEqual({ contact: 1 });
    await bench.erasure.writeTombstone(erasure);
    expect(await openedTombstones()).toEqual([{ registered: person.ip, erased: expect.any(String) }]);
  });

  test('a tombstone that is written while the sweep looks at its old key opens', async () => {
    const erasure = await contactToErase(bench, account);
    await cutOff({ after: 1 }, () => bench.erasure.writeTombstone(erasure));
    await afterTwoHours();
    await bench.sweepWhile(() => bench.erasure.writeTombstone(erasure));
    expect(await openedTombstones()).toEqual([{ registered: person.ip, erased: expect.any(String) }]);
  });

  test('a contact who is written while the sweep looks at an old key of the sign-up opens', async () => {
    const signUpId = await signUp(bench, account);
    const run = () => bench.consent.decideSignUp({ accountId: account.id, signUpId });
    await cutOff({ after: 2 }, run);
    await afterTwoHours();
    await bench.sweepWhile(run);
    const end = new End((await bench.read(account.id)).rows, undefined);
    expect(end.of('(opened)')).toEqual([
      expect.objectContaining({ kind: 'contact', opened: { fields: ['email', 'firstName'] } }),
    ]);
  });

  async function openedTombstones(): Promise<unknown[]> {
    const { rows } = await bench.read(account.id);
    return rows.filter((row) => row.table === '(opened)' && row.kind === 'tombstone').map((row) => row.opened);
  }
});

test('a history that an erasure had deleted is gone from Temporal', async () => {
  // The first one: the server deletes one after another, which takes it about half a minute each.
  const [workflowId] = bench.startedWorkflows;
  while ((await bench.workflowState(workflowId!)) !== 'gone') await pause(250);
});
