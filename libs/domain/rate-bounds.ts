/**
 * How many requests may come within a window of time. They keep a program from using a form as a weapon and a runaway
 * integration from taking the database away from everybody else; nobody who does ordinary work meets one.
 */
export interface RateBounds {
  /** Sign-ups from one IPv4 address, or one /64 of IPv6, in an hour. */
  signUpsPerIpHour: number;
  /** Sign-ups on one form in a minute. */
  signUpsPerFormMinute: number;
  /** Calls with one API key in a minute. */
  requestsPerKeyMinute: number;
}

export const defaultRateBounds: RateBounds = {
  // An office, a school or a shop's tablet at a fair is one address: two sign-ups a minute for a whole hour.
  signUpsPerIpHour: 120,
  // Ten a second: a television audience that opens one form. More than that on one form is a program with many addresses.
  signUpsPerFormMinute: 600,
  // A hundred a second: an integration that writes contact by contact stays below; larger amounts are what imports are for.
  requestsPerKeyMinute: 6_000,
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const rateWindowsMs: Record<keyof RateBounds, number> = {
  signUpsPerIpHour: hourMs,
  signUpsPerFormMinute: minuteMs,
  requestsPerKeyMinute: minuteMs,
};

/** The window that a moment lies in. Windows are aligned with the clock, so that every process means the same one. */
export function windowStart(now: Date, windowMs: number): Date {
  return new Date(Math.floor(now.getTime() / windowMs) * windowMs);
}

/** Whole seconds until the next window begins, at least 1: the Retry-After of a refusal (RFC 9110, 10.2.3). */
export function secondsUntilNext(now: Date, windowMs: number): number {
  return Math.max(1, Math.ceil((windowStart(now, windowMs).getTime() + windowMs - now.getTime()) / 1000));
}

/**
 * What counts as one sender. A household or a server is given a whole /64 of IPv6 (RFC 6177), so counting single
 * addresses would bound nobody there.
 * @param ip as the connection has it, IPv4 without the prefix of a mapped address
 */
export function senderOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const [head = '', tail = ''] = ip.toLowerCase().split('%', 1)[0]!.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = groups(tail);
  const zeros = ip.includes('::') ? new Array(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  const prefix = [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`;
}
