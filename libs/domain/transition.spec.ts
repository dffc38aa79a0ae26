import { campaignStates, campaignTransitions } from './campaign.js';
import { permissions, permissionTransitions, subscriptionStatuses, subscriptionTransitions } from './consent.js';
import { deliveryStates, deliveryTransitions, settledStates } from './delivery.js';
import { optInStatuses, optInTransitions, resubscriptionTransitions } from './opt-in.js';
import { nextState, statesAccepting, type TransitionTable } from './transition.js';

type AnyTable = TransitionTable<string, string>;

/**
 * What each machine may do, written down a second time: an event in the head, a state at the start of each line, `.`
 * where the event is refused. `ends` are the states that nothing leaves for another.
 */
const machines: Array<{ name: string; table: AnyTable; states: readonly string[]; ends: string[]; expected: string }> =
  [
    {
      name: 'the permission of a channel',
      table: permissionTransitions,
      states: permissions,
      ends: ['deleted'],
      expected: `
                confirm    import_verified  erase
      pending   confirmed  confirmed        deleted
      confirmed confirmed  confirmed        deleted
      deleted   .          .                .`,
    },
    {
      name: 'a subscription',
      table: subscriptionTransitions,
      states: subscriptionStatuses,
      ends: [],
      expected: `
                   sign_up     confirm     import_verified  unsubscribe   expire   reject
      none         pending     .           subscribed       .             .        .
      pending      pending     subscribed  subscribed       unsubscribed  expired  unsubscribed
      subscribed   subscribed  subscribed  subscribed       unsubscribed  .        .
      unsubscribed pending     .           .                unsubscribed  .        .
      expired      pending     .           subscribed       unsubscribed  .        .`,
    },
    {
      name: 'an opt-in',
      table: optInTransitions,
      states: optInStatuses,
      ends: ['confirmed', 'expired', 'rejected', 'ended'],
      expected: `
                confirm    expire   reject    end
      awaiting  confirmed  expired  rejected  ended
      confirmed confirmed  .        .         .
      expired   .          .        .         .
      rejected  .          .        rejected  .
      ended     .          .        .         .`,
    },
    {
      name: 'a campaign',
      table: campaignTransitions,
      states: campaignStates,
      ends: ['cancelled', 'finished'],
      expected: `
                send      schedule   freeze    open     pause   resume   cancel     finish
      draft     freezing  scheduled  .         .        .       .        .          .
      scheduled .         .          freezing  .        .       .        cancelled  .
      freezing  .         .          .         sending  .       .        cancelled  .
      sending   .         .          .         .        paused  .        cancelled  finished
      paused    .         .          .         .        .       sending  cancelled  .
      cancelled .         .          .         .        .       .        .          .
      finished  .         .          .         .        .       .        .          .`,
    },
    {
      name: 'a delivery',
      table: deliveryTransitions,
      states: deliveryStates,
      ends: ['sent', 'failed', 'skipped', 'unknown'],
      expected: `
               claim    release  skip     send     accept  defer     refuse  lose
      queued   claimed  .        skipped  .        .       .         .       .
      claimed  .        queued   skipped  sending  .       .         .       .
      sending  .        .        .        .        sent    deferred  failed  unknown
      sent     .        .        .        .        .       .         .       .
      deferred claimed  .        skipped  .        .       .         .       .
      failed   .        .        .        .        .       .         .       .
      skipped  .        .        .        .        .       .         .       .
      unknown  .        .        .        .        .       .         .       .`,
    },
  ];

function read(expected: string): { events: string[]; cells: Array<[string, string, string | undefined]> } {
  const [events = [], ...rows] = expected
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const cells = rows.flatMap(([state = '', ...targets]) =>
    events.map(
      (event, index) => [state, event, targets[index] === '.' ? undefined : targets[index]] as [string, string, string],
    ),
  );
  return { events, cells };
}

/** Every state that some sequence of events leads to. */
function reachableFrom(table: AnyTable, start: string): Set<string> {
  const reached = new Set([start]);
  for (const state of reached) for (const next of Object.values(table[state]!)) if (next) reached.add(next);
  return reached;
}

describe.each(machines)('$name', ({ table, states, ends, expected }) => {
  const { events, cells } = read(expected);

  test.each(cells)('%s, on %s: %s', (state, event, after) => {
    expect(nextState(table, state, event)).toBe(after);
  });

  test('knows no state and no event beside these', () => {
    expect(Object.keys(table).sort()).toEqual([...states].sort());
    expect([...new Set(cells.map(([state]) => state))].sort()).toEqual([...states].sort());
    expect([...new Set(Object.values(table).flatMap(Object.keys))].sort()).toEqual([...events].sort());
  });

  test('reaches every state from the first one', () => {
    expect([...reachableFrom(table, states[0]!)].sort()).toEqual([...states].sort());
  });

  test('stays for ever only where it is meant to end', () => {
    const stuck = states.filter((state) => reachableFrom(table, state).size === 1);
    expect(stuck.sort()).toEqual([...ends].sort());
  });

  test.each(read(expected).events)('%s is accepted in exactly the states whose row names it', (event) => {
    const named = cells.filter(([, name, after]) => name === event && after !== undefined).map(([state]) => state);
    expect(statesAccepting(table, event).sort()).toEqual(named.sort());
  });
});

describe('permission is never given by anything but the person or evidence of the importing company', () => {
  test('only confirm and import_verified lead to a confirmed channel', () => {
    const leading = machines[0]!.states.flatMap((state) =>
      Object.entries((permissionTransitions as AnyTable)[state]!).filter(([, after]) => after === 'confirmed'),
    );
    expect(new Set(leading.map(([event]) => event))).toEqual(new Set(['confirm', 'import_verified']));
  });

  test('only confirm and import_verified subscribe anybody who was not subscribed', () => {
    const leading = Object.entries(subscriptionTransitions as AnyTable)
      .filter(([state]) => state !== 'subscribed')
      .flatMap(([, row]) => Object.entries(row).filter(([, after]) => after === 'subscribed'));
    expect(new Set(leading.map(([event]) => event))).toEqual(new Set(['confirm', 'import_verified']));
  });

  test('who unsubscribed is subscribed again by signing up and confirming, by no import', () => {
    expect(nextState(subscriptionTransitions, 'unsubscribed', 'import_verified')).toBeUndefined();
    expect(nextState(subscriptionTransitions, 'unsubscribed', 'confirm')).toBeUndefined();
    const asked = nextState(subscriptionTransitions, 'unsubscribed', 'sign_up')!;
    expect(asked).toBe('pending');
    expect(nextState(subscriptionTransitions, asked, 'confirm')).toBe('subscribed');
  });

  test('an unsubscribe works wherever there is a subscription', () => {
    for (const status of subscriptionStatuses.filter((candidate) => candidate !== 'none')) {
      expect(nextState(subscriptionTransitions, status, 'unsubscribe')).toBe('unsubscribed');
    }
  });
});

test('a resubscription has the life of an opt-in', () => {
  expect(resubscriptionTransitions).toEqual(optInTransitions);
});

test('the settled states of the ledger are those that nothing leaves', () => {
  expect([...settledStates].sort()).toEqual(['failed', 'sent', 'skipped', 'unknown']);
});
