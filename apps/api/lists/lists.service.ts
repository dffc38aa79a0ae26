import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found, isUniqueViolation } from '../../../libs/db/database.js';
import { changedOne } from '../../../libs/db/versioned.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { camelKeys } from '../http/casing.js';
import { sliceOf, toPage } from '../http/page.js';
import type { listChangeSchema, listQuerySchema, newListSchema } from './lists.types.js';

@Injectable()
export class ListsService {
  constructor(@Inject(Database) private readonly db: Database) {}

  async create(accountId: string, input: z.output<typeof newListSchema>) {
    refuseLateReminders(input.reminder_after_seconds, input.expire_after_seconds);
    return this.db
      .forAccount(accountId, async (tx) => {
        // The foreign key alone would accept the brand of another account: constraints see all rows.
        if (!(await tx.brand.findUnique({ where: { id: input.brand_id }, select: { id: true } }))) throw unknownBrand();
        return tx.list.create({ data: { accountId, ...camelKeys(input) } });
      })
      .catch(sayThatNameIsTaken);
  }

  async list(accountId: string, query: z.output<typeof listQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = query.brand_id === undefined ? {} : { brandId: query.brand_id };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.list.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    return toPage(rows, query);
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.list.findUnique({ where: { id } })));
  }

  async change(accountId: string, id: string, version: number, input: z.output<typeof listChangeSchema>) {
    return this.db
      .forAccount(accountId, async (tx) => {
        const read = () => tx.list.findUnique({ where: { id } });
        const data = { ...camelKeys(input), version: { increment: 1 } };
        await changedOne(await tx.list.updateMany({ where: { id, version }, data }), read);
        const changed = found(await read());
        // Checked on the row as it became: a change may name one of the two only.
        refuseLateReminders(changed.reminderAfterSeconds, changed.expireAfterSeconds);
        return changed;
      })
      .catch(sayThatNameIsTaken);
  }
}

function refuseLateReminders(reminderAfterSeconds: number[], expireAfterSeconds: number): void {
  const late = reminderAfterSeconds.findIndex((seconds) => seconds >= expireAfterSeconds);
  if (late === -1) return;
  throw new DomainError('validation_failed', undefined, [
    { pointer: `/reminder_after_seconds/${late}`, detail: 'must be before expire_after_seconds' },
  ]);
}

function unknownBrand(): DomainError {
  return new DomainError('validation_failed', undefined, [{ pointer: '/brand_id', detail: 'there is no such brand' }]);
}

function sayThatNameIsTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new DomainError('already_exists', 'a list with this name in this brand');
  throw error;
}
