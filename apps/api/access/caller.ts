import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';
import type { AccountRole, Scope } from './permissions.js';

/** Whoever sent a request with a valid key. An operator names the account it looks at in the header `Assent-Account`. */
export type Caller =
  | {
      kind: 'account';
      accountId: string;
      apiKeyId: string;
      role: AccountRole;
      /** Empty: all that the role may do. */
      scopes: Scope[];
      /** Mail caused by a test key goes to the inbox only. */
      mode: 'live' | 'test';
    }
  | { kind: 'operator'; operatorKeyId: string; accountId?: string };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; absent on public routes. */
    caller?: Caller;
  }
}

/** Whom an answer is for; decides what the serializer lets out. `person`: a visitor of a public page. */
export type Viewer = 'account' | 'person' | 'operator';

export function viewerOf(caller: Caller | undefined): Viewer {
  return caller?.kind ?? 'person';
}

/** Whether mail that the caller causes goes to the inbox only. */
export function isSandbox(caller: Caller): boolean {
  return caller.kind === 'account' && caller.mode === 'test';
}

/**
 * The account that a request is about.
 * @throws DomainError validation_failed when an operator did not name one
 */
export function accountOf(caller: Caller): string {
  if (caller.accountId !== undefined) return caller.accountId;
  throw new DomainError('validation_failed', 'an operator names the account', [
    { pointer: 'Assent-Account', detail: 'this header is missing' },
  ]);
}

/** Parameter decorator: the caller of a route that asks for a key. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new DomainError('unauthenticated');
  return caller;
});

/** Parameter decorator: the id of the account that the request is about. */
export const AccountId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new DomainError('unauthenticated');
  return accountOf(caller);
});
