import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../libs/db/database.js';
import { findKey, type SignedIn } from '../../../libs/db/sign-in.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { hashSecret } from '../../../libs/privacy/secrets.js';
import { isUuid } from '../http/fields.js';
import type { Caller } from './caller.js';
import type { AccountRole, Scope } from './permissions.js';

const secretPattern = /^Bearer +ask_(live|test|operator)_[A-Za-z0-9_-]{43}$/i;

/** A revoked key stops working within this time in every API process, at once in the one that revoked it. */
export const signInCacheMs = 3_000;
const cachedKeys = 1_000;

/** Finds the caller behind an `Authorization` header. */
@Injectable()
export class Authentication {
  readonly #cache = new Map<string, { key: SignedIn; until: number }>();

  constructor(@Inject(Database) private readonly db: Database) {}

  /**
   * @param accountHeader `Assent-Account`: an id; it counts for operators only
   * @throws DomainError unauthenticated, or validation_failed for a header that is no id
   */
  async callerOf(authorization: string | undefined, accountHeader: string | undefined): Promise<Caller> {
    const key = await this.#keyOf(authorization);
    if (accountHeader !== undefined && !isUuid(accountHeader)) {
      throw new DomainError('validation_failed', undefined, [{ pointer: 'Assent-Account', detail: 'must be an id' }]);
    }
    if (key.kind === 'account') {
      const { id, accountId, role, scopes, mode } = key;
      return {
        kind: 'account',
        accountId,
        apiKeyId: id,
        role: role as AccountRole,
        scopes: scopes as Scope[],
        mode: mode === 'live' ? 'live' : 'test',
      };
    }
    return { kind: 'operator', operatorKeyId: key.id, accountId: accountHeader?.toLowerCase() };
  }

  /** Makes a revocation take effect here at once. */
  forget(keyId: string): void {
    for (const [hash, cached] of this.#cache) if (cached.key.id === keyId) this.#cache.delete(hash);
  }

  async #keyOf(authorization: string | undefined): Promise<SignedIn> {
    const matched = secretPattern.exec(authorization ?? '');
    if (!matched) throw new DomainError('unauthenticated');
    const hash = hashSecret(authorization!.slice(authorization!.indexOf('ask_')));
    const name = hash.toString('base64');
    const cached = this.#cache.get(name);
    if (cached && cached.until > Date.now()) return cached.key;
    const kind = matched[1] === 'operator' ? 'operator' : 'account';
    const key = await findKey(this.db, kind, hash, new Date());
    if (!key) {
      this.#cache.delete(name);
      throw new DomainError('unauthenticated');
    }
    if (this.#cache.size >= cachedKeys) this.#cache.clear();
    this.#cache.set(name, { key, until: Date.now() + signInCacheMs });
    return key;
  }
}
