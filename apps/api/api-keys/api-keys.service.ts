import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { revokeApiKey } from '../../../libs/db/api-keys.js';
import { Database, found } from '../../../libs/db/database.js';
import { issueSecret } from '../../../libs/db/issue-secret.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { Authentication } from '../access/authentication.js';
import { accountOf, type Caller } from '../access/caller.js';
import { sliceOf, toPage } from '../http/page.js';
import type { apiKeyQuerySchema, newApiKeySchema } from './api-keys.types.js';

type NewApiKey = z.output<typeof newApiKeySchema>;

@Injectable()
export class ApiKeysService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Authentication) private readonly authentication: Authentication,
  ) {}

  async create(caller: Caller, input: NewApiKey) {
    refuseMoreThan(caller, input);
    const accountId = accountOf(caller);
    const { secret, ...hashed } = issueSecret(input.mode);
    const key = await this.db.forAccount(accountId, (tx) =>
      tx.apiKey.create({ data: { ...input, ...hashed, accountId, scopes: [...new Set(input.scopes)] } }),
    );
    return { ...key, secret };
  }

  async list(accountId: string, query: z.output<typeof apiKeyQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const rows = await this.db.forAccount(accountId, (tx) => tx.apiKey.findMany({ where, orderBy, take }));
    return toPage(rows, query);
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.apiKey.findUnique({ where: { id } })));
  }

  async revoke(accountId: string, id: string): Promise<void> {
    await this.db.forAccount(accountId, (tx) => revokeApiKey(tx, id, new Date()));
    this.authentication.forget(id);
  }
}

/** Nobody makes a key that may do more than their own: only owners get here, so what is left is scopes and mode. */
function refuseMoreThan(caller: Caller, input: NewApiKey): void {
  if (caller.kind !== 'account' || caller.role !== 'owner') throw new DomainError('forbidden');
  if (caller.mode === 'test' && input.mode === 'live') {
    throw new DomainError('forbidden', 'a test key creates test keys only');
  }
  if (caller.scopes.length === 0) return;
  const beyond = input.scopes.filter((scope) => !caller.scopes.includes(scope));
  if (input.scopes.length === 0 || beyond.length > 0) {
    throw new DomainError('forbidden', 'a key with scopes creates keys with some of its own scopes only');
  }
}
