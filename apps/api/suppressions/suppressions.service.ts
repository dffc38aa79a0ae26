import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found } from '../../../libs/db/database.js';
import type { Channel } from '../../../libs/domain/consent.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { sliceOf, toPage } from '../http/page.js';
import type { newSuppressionSchema, suppressionQuerySchema, suppressionSearchSchema } from './suppressions.types.js';

@Injectable()
export class SuppressionsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /** One that exists is answered as it is. */
  async add(accountId: string, { reason, ...address }: z.output<typeof newSuppressionSchema>) {
    const { channel, fingerprint, keyVersion } = await this.#fingerprint(accountId, address);
    return this.db.forAccount(accountId, async (tx) => {
      await tx.suppression.createMany({
        data: [{ accountId, channel, fingerprint, keyVersion, reason }],
        skipDuplicates: true,
      });
      return tx.suppression.findUniqueOrThrow({
        where: { accountId_channel_fingerprint_reason: { accountId, channel, fingerprint, reason } },
      });
    });
  }

  async list(accountId: string, query: z.output<typeof suppressionQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = { channel: query.channel, reason: query.reason };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.suppression.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    return toPage(rows, query);
  }

  async search(accountId: string, address: z.output<typeof suppressionSearchSchema>) {
    const { channel, fingerprint } = await this.#fingerprint(accountId, address);
    const data = await this.db.forAccount(accountId, (tx) =>
      tx.suppression.findMany({
        where: { channel, fingerprint },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
    );
    return { data };
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.suppression.findUnique({ where: { id } })));
  }

  /** @throws DomainError conflict for a complaint: it is the person's own word against more mail, and staff cannot lift it */
  async remove(accountId: string, id: string): Promise<void> {
    await this.db.forAccount(accountId, async (tx) => {
      const { reason } = found(await tx.suppression.findUnique({ where: { id }, select: { reason: true } }));
      if (reason === 'complaint') throw new DomainError('conflict', 'a complaint cannot be lifted by the account');
      await tx.suppression.deleteMany({ where: { id } });
    });
  }

  async #fingerprint(accountId: string, { email, mobile }: { email?: string; mobile?: string }) {
    const keys = await this.keyring.account(accountId);
    const channel: Channel = email === undefined ? 'sms' : 'email';
    const fingerprint = fingerprintOf(keys.fingerprint, channel, (email ?? mobile)!);
    return { channel, fingerprint, keyVersion: keys.keyVersion };
  }
}
