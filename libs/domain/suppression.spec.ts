import { isBlocked } from './suppression.js';

test.each([
  // tombstones, cameBack, erasing
  [0, false, false, false],
  [0, true, false, false],
  [0, false, true, true],
  [0, true, true, true],
  [1, false, false, true],
  [1, true, false, false],
  [1, false, true, true],
  [1, true, true, true],
  [3, false, false, true],
  [3, true, false, false],
  [3, false, true, true],
  [3, true, true, true],
])(
  'an address with %i tombstones, whose owner came back (%s), with an erasure under way (%s) is blocked: %s',
  (tombstones, cameBack, erasing, blocked) => {
    expect(isBlocked({ tombstones, cameBack, erasing })).toBe(blocked);
  },
);
