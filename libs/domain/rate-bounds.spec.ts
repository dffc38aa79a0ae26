import { secondsUntilNext, senderOf, windowStart } from './rate-bounds.js';

describe('a window of time', () => {
  const now = new Date('2026-11-25T10:17:42.500Z');

  test('is the same for everyone who looks at the same clock', () => {
    expect(windowStart(now, 3_600_000).toISOString()).toBe('2026-11-25T10:00:00.000Z');
    expect(windowStart(now, 60_000).toISOString()).toBe('2026-11-25T10:17:00.000Z');
    expect(windowStart(new Date('2026-11-25T10:18:00Z'), 60_000).toISOString()).toBe('2026-11-25T10:18:00.000Z');
  });

  test('says how long to wait, and never zero', () => {
    expect(secondsUntilNext(now, 60_000)).toBe(18);
    expect(secondsUntilNext(now, 3_600_000)).toBe(42 * 60 + 18);
    expect(secondsUntilNext(new Date('2026-11-25T10:17:59.999Z'), 60_000)).toBe(1);
    expect(secondsUntilNext(new Date('2026-11-25T10:17:00.000Z'), 60_000)).toBe(60);
  });
});

describe('a sender', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is counted as %s', (ip, sender) => {
    expect(senderOf(ip)).toBe(sender);
  });
});
