import { subscriptionStatuses } from './consent.js';
import {
  type EligibilityFacts,
  marketingObstacle,
  optInMailObstacle,
  type SkipReason,
  skipReasons,
} from './eligibility.js';

const either = [false, true];
const permissions = ['none', 'pending', 'confirmed', 'deleted'] as const;

const situations: EligibilityFacts[] = either.flatMap((exists) =>
  either.flatMap((erasing) =>
    either.flatMap((restricted) =>
      either.flatMap((objected) =>
        either.flatMap((suppressed) =>
          either.flatMap((campaignOpen) =>
            permissions.flatMap((permission) =>
              subscriptionStatuses.map((subscription) => ({
                exists,
                erasing,
                restricted,
                objected,
                suppressed,
                campaignOpen,
                permission,
                subscription,
              })),
            ),
          ),
        ),
      ),
    ),
  ),
);

/** Each reason with what has to be true for it, from the most to the least serious: the rule, told a second time. */
const grounds: Array<[SkipReason, (facts: EligibilityFacts) => boolean]> = [
  ['erased', (facts) => !facts.exists],
  ['erased', (facts) => facts.erasing],
  ['restricted', (facts) => facts.restricted],
  ['objected', (facts) => facts.objected],
  ['suppressed', (facts) => facts.suppressed],
  ['permission_missing', (facts) => ['none', 'pending', 'deleted'].includes(facts.permission)],
  ['never_subscribed', (facts) => facts.subscription === 'none'],
  ['confirmation_pending', (facts) => facts.subscription === 'pending'],
  ['confirmation_expired', (facts) => facts.subscription === 'expired'],
  ['unsubscribed', (facts) => facts.subscription === 'unsubscribed'],
  ['campaign_cancelled', (facts) => !facts.campaignOpen],
];

describe('marketing mail', () => {
  test('goes in exactly one of 1280 situations: confirmed, subscribed, and nothing against it', () => {
    expect(situations).toHaveLength(1280);
    expect(situations.filter((facts) => marketingObstacle(facts) === null)).toEqual([
      {
        exists: true,
        erasing: false,
        restricted: false,
        objected: false,
        suppressed: false,
        campaignOpen: true,
        permission: 'confirmed',
        subscription: 'subscribed',
      },
    ]);
  });

  test('is refused in every other one, for the most serious reason that holds', () => {
    for (const facts of situations) {
      const reason = grounds.find(([, holds]) => holds(facts))?.[0] ?? null;
      expect({ facts, reason: marketingObstacle(facts) }).toEqual({ facts, reason });
    }
  });

  test('names only reasons that the ledger knows', () => {
    for (const facts of situations) expect([null, ...skipReasons]).toContain(marketingObstacle(facts));
  });
});

describe('an opt-in mail', () => {
  test.each([
    // awaiting, erasing, restricted, suppressed
    [true, false, false, false, null],
    [false, false, false, false, 'opt_in_over'],
    [true, false, false, true, 'suppressed'],
    [false, false, false, true, 'suppressed'],
    [true, false, true, false, 'restricted'],
    [false, false, true, false, 'restricted'],
    [true, false, true, true, 'restricted'],
    [false, false, true, true, 'restricted'],
    [true, true, false, false, 'erased'],
    [false, true, false, false, 'erased'],
    [true, true, false, true, 'erased'],
    [false, true, false, true, 'erased'],
    [true, true, true, false, 'erased'],
    [false, true, true, false, 'erased'],
    [true, true, true, true, 'erased'],
    [false, true, true, true, 'erased'],
  ] as const)(
    'whose opt-in waits (%s), of a contact being erased (%s), restricted (%s), suppressed (%s): %s',
    (awaiting, erasing, restricted, suppressed, obstacle) => {
      expect(optInMailObstacle({ awaiting, erasing, restricted, suppressed })).toBe(obstacle);
    },
  );
});
