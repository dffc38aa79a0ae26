import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '../../../libs/db/database.js';
import { claimKey, finishKey, type IdempotentRequest, releaseKey } from '../../../libs/db/idempotency.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { accountOf } from '../access/caller.js';
import { type OperationOptions, operationKey } from './operation.js';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * `Idempotency-Key` for routes that declare it: a repeat gets the stored answer with `Idempotency-Replayed: true`. The
 * request itself is kept as a keyed hash only; the answer is kept, so it may hold nothing but ids, codes and times (the
 * start-up check refuses a route whose answer declares sensitive fields).
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation: OperationOptions = Reflect.getMetadata(operationKey, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (!operation.idempotent || key === undefined) return next.handle();
    if (typeof key !== 'string' || !keyPattern.test(key)) {
      throw new DomainError('validation_failed', undefined, [
        { pointer: 'Idempotency-Key', detail: 'must be 1 to 255 visible ASCII characters' },
      ]);
    }
    return from(this.#answer(key, operation, request, context.switchToHttp().getResponse<FastifyReply>(), next));
  }

  async #answer(
    key: string,
    operation: OperationOptions,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const asked = await this.#requestOf(key, request);
    const claim = await claimKey(this.db, asked, new Date());
    if (claim.kind === 'different') throw new DomainError('idempotency_key_reused');
    if (claim.kind === 'running') throw new DomainError('idempotency_in_progress');
    if (claim.kind === 'finished') {
      reply.code(claim.status).header('idempotency-replayed', 'true');
      return claim.answer ?? undefined;
    }
    let answer: unknown;
    try {
      answer = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await releaseKey(this.db, asked);
      throw error;
    }
    await finishKey(this.db, asked, operation.status ?? 200, answer);
    return answer;
  }

  async #requestOf(key: string, request: FastifyRequest): Promise<IdempotentRequest> {
    const accountId = accountOf(request.caller!);
    const { fingerprint } = await this.keyring.account(accountId);
    const content = `${request.method} ${request.url}\n${canonical(request.body)}`;
    return {
      accountId,
      key,
      route: `${request.method} ${request.routeOptions.url}`,
      requestHash: fingerprintOf(fingerprint, 'request', content),
    };
  }
}

/** JSON with the fields of every object in one order, so that the same request in another order is the same. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, entry: unknown) =>
      entry !== null && typeof entry === 'object' && !Array.isArray(entry)
        ? Object.fromEntries(Object.entries(entry).sort(([left], [right]) => (left < right ? -1 : 1)))
        : entry,
    ) ?? ''
  );
}
