import {
  deliveryKinds,
  laneOfKind,
  leaseMarginMs,
  leaseMs,
  nextAttempt,
  replyTimeoutMs,
  retryPolicy,
} from './delivery.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const createdAt = Date.UTC(2026, 0, 1);

/** The times of all attempts when each one is refused at once. */
function attemptsOf(cause: 'destination' | 'relay', atMost = 20_000): number[] {
  const times = [createdAt];
  while (times.length < atMost) {
    const next = nextAttempt(times.length, createdAt, times.at(-1)!, cause);
    if (next === null) return times;
    times.push(next);
  }
  throw new Error('it never gives up');
}

const pauses = (times: number[]) => times.slice(1).map((time, index) => time - times[index]!);

describe('a deferred message', () => {
  test('is tried again at a destination at least 30 minutes apart, each time no sooner than before', () => {
    const apart = pauses(attemptsOf('destination'));
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(30 * minute);
    expect(apart).toEqual([...apart].sort((a, b) => a - b));
  });

  test('is given up after 5 days at a destination, not before the fourth day is over, never later', () => {
    const times = attemptsOf('destination');
    expect(times.at(-1)! - createdAt).toBeLessThanOrEqual(5 * day);
    expect(times.at(-1)! - createdAt).toBeGreaterThan(4 * day);
    expect(times.length).toBeGreaterThan(5);
  });

  test('is tried again within a minute where our own relay does not answer, and given up after 5 days too', () => {
    const times = attemptsOf('relay');
    expect(Math.max(...pauses(times))).toBeLessThanOrEqual(minute);
    expect(times.at(-1)! - createdAt).toBeLessThanOrEqual(5 * day);
    expect(times.at(-1)! - createdAt).toBeGreaterThan(5 * day - 2 * minute);
  });

  test('may be tried exactly 5 days after it was written, and not a millisecond later', () => {
    const last = createdAt + 5 * day - 30 * minute;
    expect(nextAttempt(1, createdAt, last, 'destination')).toBe(createdAt + 5 * day);
    expect(nextAttempt(1, createdAt, last + 1, 'destination')).toBeNull();
  });

  test('that waited out a long outage of ours is given up, not sent a week late', () => {
    expect(nextAttempt(1, createdAt, createdAt + 7 * day, 'destination')).toBeNull();
  });

  test('has a next time for any count of attempts, also one that was never counted', () => {
    for (const attempts of [0, 1, 2, 5, 6, 1000]) {
      const at = nextAttempt(attempts, createdAt, createdAt, 'destination');
      expect(retryPolicy.destination).toContain(at! - createdAt);
    }
  });
});

test('everything but a campaign has the lane of one-to-one mail', () => {
  const inCampaignLane = deliveryKinds.filter((kind) => laneOfKind[kind] === 'campaign');
  expect(inCampaignLane).toEqual(['campaign']);
});

test('an attempt that starts in time ends before its lease does', () => {
  expect(replyTimeoutMs).toBeLessThan(leaseMarginMs);
  expect(leaseMarginMs).toBeLessThan(leaseMs);
});
