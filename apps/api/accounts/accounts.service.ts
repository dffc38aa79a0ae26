import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { createAccount } from '../../../libs/db/accounts.js';
import { Database, found } from '../../../libs/db/database.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { sliceOf, toPage } from '../http/page.js';
import type { accountQuerySchema, newAccountSchema } from './accounts.types.js';

@Injectable()
export class AccountsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  create(input: z.output<typeof newAccountSchema>) {
    return createAccount(this.db, this.keyring, input.name);
  }

  async list(query: z.output<typeof accountQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const rows = await this.db.forSystem('operator', (tx) => tx.account.findMany({ where, orderBy, take }));
    return toPage(rows, query);
  }

  async read(accountId: string) {
    return this.db.forAccount(accountId, async (tx) =>
      found(await tx.account.findUnique({ where: { id: accountId } })),
    );
  }
}
