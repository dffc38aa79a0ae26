import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateCounters } from '../../../libs/db/rate-bounds.js';
import { DomainError } from '../../../libs/domain/errors.js';
import {
  type RateBounds,
  rateWindowsMs,
  secondsUntilNext,
  senderOf,
  windowStart,
} from '../../../libs/domain/rate-bounds.js';

/** What this process has taken of a key's bound in the current window, and not used yet. */
interface Lease {
  left: number;
  exhausted: boolean;
  asking?: Promise<void> | undefined;
}

/** A process takes this part of a key's bound at once: a busy key costs one write for many requests. */
const leasedPart = 1 / 100;

/** The bounds on requests, which all processes of the API share through PostgreSQL. */
@Injectable()
export class RequestBounds {
  #window = 0;
  readonly #leases = new Map<string, Lease>();

  constructor(
    @Inject(RateCounters) private readonly counters: RateCounters,
    private readonly requestsPerKeyMinute: number,
  ) {}

  /**
   * Counts a sign-up. It happens before anything is known of the address, so that a refusal tells nothing of it (P8).
   * @throws DomainError too_many_requests; the answer then says when to try again
   */
  async takeSignUp(reply: FastifyReply, ip: string, formId: string): Promise<void> {
    const now = new Date();
    const reached = await this.counters.takeSignUp(senderOf(ip), formId, now);
    if (reached) throw refused(reply, reached, now);
  }

  /**
   * Counts a call with a key.
   * @throws DomainError too_many_requests; the answer then says when to try again
   */
  async takeCall(reply: FastifyReply, keyId: string): Promise<void> {
    const now = new Date();
    const lease = this.#leaseOf(keyId, now);
    while (lease.left === 0) {
      if (lease.exhausted) throw refused(reply, 'requestsPerKeyMinute', now);
      lease.asking ??= this.#refill(lease, keyId, now).finally(() => {
        lease.asking = undefined;
      });
      await lease.asking;
    }
    lease.left -= 1;
  }

  #leaseOf(keyId: string, now: Date): Lease {
    const window = windowStart(now, rateWindowsMs.requestsPerKeyMinute).getTime();
    if (window !== this.#window) {
      this.#leases.clear();
      this.#window = window;
    }
    const lease = this.#leases.get(keyId) ?? { left: 0, exhausted: false };
    this.#leases.set(keyId, lease);
    return lease;
  }

  async #refill(lease: Lease, keyId: string, now: Date): Promise<void> {
    const wanted = Math.max(1, Math.floor(this.requestsPerKeyMinute * leasedPart));
    const taken = await this.counters.takeCalls(keyId, wanted, now);
    lease.left += taken;
    lease.exhausted = taken === 0;
  }
}

function refused(reply: FastifyReply, bound: keyof RateBounds, now: Date): DomainError {
  reply.header('retry-after', secondsUntilNext(now, rateWindowsMs[bound]));
  return new DomainError('too_many_requests');
}
