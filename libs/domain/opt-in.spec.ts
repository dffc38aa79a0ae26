import { subscriptionStatuses } from './consent.js';
import { decideSignUp, type ResubscriptionFacts, resubscriptionObstacle, type SignUpFacts } from './opt-in.js';

const either = [false, true];

const signUps: SignUpFacts[] = either.flatMap((blocked) =>
  either.flatMap((suppressed) =>
    either.flatMap((restricted) =>
      either.flatMap((rejectedRecently) =>
        either.flatMap((awaiting) =>
          either.flatMap((channelConfirmed) =>
            subscriptionStatuses.map((subscription) => ({
              blocked,
              suppressed,
              restricted,
              rejectedRecently,
              awaiting,
              channelConfirmed,
              subscription,
            })),
          ),
        ),
      ),
    ),
  ),
);

/** The sign-ups that a rule speaks of; a rule about none of them would prove nothing. */
function signUpsWith(expected: Partial<SignUpFacts>): SignUpFacts[] {
  const found = signUps.filter((facts) =>
    Object.entries(expected).every(([name, value]) => facts[name as keyof SignUpFacts] === value),
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}

const kinds = (facts: SignUpFacts[]) => new Set(facts.map((each) => decideSignUp(each).kind));

describe('a sign-up', () => {
  test('is decided in every one of the 320 situations', () => {
    expect(signUps).toHaveLength(320);
    expect(kinds(signUps)).toEqual(new Set(['resubscribe', 'opt_in', 'resend', 'nothing']));
  });

  test('of an erased address leads to the way back of erased people, never to an ordinary opt-in', () => {
    expect(kinds(signUpsWith({ blocked: true, rejectedRecently: false }))).toEqual(new Set(['resubscribe']));
    expect(kinds(signUpsWith({ blocked: true }))).toEqual(new Set(['resubscribe', 'nothing']));
  });

  test('of an address that was not erased never leads to a resubscription', () => {
    expect(kinds(signUpsWith({ blocked: false }))).not.toContain('resubscribe');
  });

  test('sends nothing after "this was not me", whatever else is known', () => {
    for (const facts of signUpsWith({ rejectedRecently: true })) {
      expect(decideSignUp(facts)).toEqual({ kind: 'nothing', reason: 'rejected_recently' });
    }
  });

  test('sends nothing to a suppressed address', () => {
    for (const facts of signUpsWith({ suppressed: true, blocked: false })) {
      expect(decideSignUp(facts).kind).toBe('nothing');
    }
  });

  test('sends nothing to a contact whose data is only stored', () => {
    for (const facts of signUpsWith({ restricted: true, blocked: false })) {
      expect(decideSignUp(facts).kind).toBe('nothing');
    }
  });

  test('of somebody who has confirmed and is subscribed sends nothing', () => {
    for (const facts of signUpsWith({ subscription: 'subscribed', channelConfirmed: true, blocked: false })) {
      expect(decideSignUp(facts).kind).toBe('nothing');
    }
  });

  test('with nothing against it sends the running opt-in’s mail again, or starts an opt-in where none runs', () => {
    const free = { blocked: false, suppressed: false, restricted: false, rejectedRecently: false };
    for (const facts of signUpsWith(free)) {
      const done = facts.subscription === 'subscribed' && facts.channelConfirmed;
      const kind = done ? 'nothing' : facts.awaiting ? 'resend' : 'opt_in';
      expect({ facts, kind: decideSignUp(facts).kind }).toEqual({ facts, kind });
    }
  });

  test('of somebody who unsubscribed asks for confirmation again, also where the channel is confirmed', () => {
    const facts = {
      blocked: false,
      suppressed: false,
      restricted: false,
      rejectedRecently: false,
      awaiting: false,
      channelConfirmed: true,
      subscription: 'unsubscribed',
    } as const;
    expect(decideSignUp(facts)).toEqual({ kind: 'opt_in' });
  });

  test('sends nothing only for a reason that holds', () => {
    for (const facts of signUps) {
      const decision = decideSignUp(facts);
      if (decision.kind !== 'nothing') continue;
      const holds = {
        rejected_recently: facts.rejectedRecently,
        restricted: facts.restricted,
        suppressed: facts.suppressed,
        already_subscribed: facts.subscription === 'subscribed' && facts.channelConfirmed,
      };
      expect(holds[decision.reason]).toBe(true);
    }
  });
});

describe('a resubscription mail', () => {
  test.each<[ResubscriptionFacts['requestedBy'], ResubscriptionFacts['rejected'], boolean, string | null]>([
    ['staff', 'never', false, null],
    ['staff', 'never', true, 'too_soon'],
    ['staff', 'recently', false, 'rejected'],
    ['staff', 'recently', true, 'rejected'],
    ['staff', 'earlier', false, 'rejected'],
    ['staff', 'earlier', true, 'rejected'],
    ['form', 'never', false, null],
    ['form', 'never', true, 'too_soon'],
    ['form', 'recently', false, 'rejected'],
    ['form', 'recently', true, 'rejected'],
    ['form', 'earlier', false, null],
    ['form', 'earlier', true, 'too_soon'],
  ])(
    'asked for by %s, refused by the person %s, mailed recently: %s, is stopped by %s',
    (by, rejected, mailed, obstacle) => {
      expect(resubscriptionObstacle({ requestedBy: by, rejected, mailedRecently: mailed })).toBe(obstacle);
    },
  );
});
