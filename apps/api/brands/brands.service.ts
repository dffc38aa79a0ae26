import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found, isUniqueViolation } from '../../../libs/db/database.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { camelKeys } from '../http/casing.js';
import { sliceOf, toPage } from '../http/page.js';
import type { brandChangeSchema, brandQuerySchema, newBrandSchema } from './brands.types.js';

@Injectable()
export class BrandsService {
  constructor(@Inject(Database) private readonly db: Database) {}

  async create(accountId: string, input: z.output<typeof newBrandSchema>) {
    return this.db
      .forAccount(accountId, (tx) => tx.brand.create({ data: { accountId, ...camelKeys(input) } }))
      .catch(sayThatNameIsTaken);
  }

  async list(accountId: string, query: z.output<typeof brandQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const rows = await this.db.forAccount(accountId, (tx) => tx.brand.findMany({ where, orderBy, take }));
    return toPage(rows, query);
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.brand.findUnique({ where: { id } })));
  }

  async change(accountId: string, id: string, version: number, input: z.output<typeof brandChangeSchema>) {
    return this.db
      .forAccount(accountId, async (tx) => {
        const data = { ...camelKeys(input), version: { increment: 1 } };
        const read = () => tx.brand.findUnique({ where: { id } });
        await changedOne(await tx.brand.updateMany({ where: { id, version }, data }), read);
        return found(await read());
      })
      .catch(sayThatNameIsTaken);
  }
}

function sayThatNameIsTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new DomainError('already_exists', 'a brand with this name');
  throw error;
}
