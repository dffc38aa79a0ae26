import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database, found, type Tx } from '../../../libs/db/database.js';
import { queueDelivery } from '../../../libs/db/deliveries.js';
import type { TestAddress } from '../../../libs/db/generated/client.js';
import { takeVerificationMail } from '../../../libs/db/mail-bounds.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { openJson, sealJson } from '../../../libs/privacy/envelope.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { PlatformKeys } from '../../../libs/privacy/platform-keys.js';
import { sliceOf, toPage } from '../http/page.js';
import type { testAddressQuerySchema } from './test-addresses.types.js';

/** Least time between two verification mails to one address, in milliseconds. */
const verificationPauseMs = 60 * 60_000;

/** An account tests its mail on its own people: a handful of addresses, not another list. */
const maxTestAddresses = 50;

@Injectable()
export class TestAddressesService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(PlatformKeys) private readonly platformKeys: PlatformKeys,
  ) {}

  /**
   * Adds an address and asks its owner. One that is there already and not verified is asked again, at most once an hour.
   * @param email normalised
   * @throws DomainError validation_failed before there is a brand; conflict at the most addresses an account may have
   */
  async add(accountId: string, email: string, sandbox: boolean) {
    const { fingerprint: fingerprintKey } = await this.keyring.account(accountId);
    const fingerprint = fingerprintOf(fingerprintKey, 'email', email);
    const known = await this.db.forAccount(accountId, async (tx) => {
      if (!(await tx.brand.findFirst({ select: { id: true } }))) {
        throw new DomainError(
          'validation_failed',
          'the mail to the owner of the address speaks for a brand, and there is none yet',
        );
      }
      const row = await tx.testAddress.findUnique({ where: { accountId_fingerprint: { accountId, fingerprint } } });
      if (!row && (await tx.testAddress.count()) >= maxTestAddresses) {
        throw new DomainError('conflict', `an account has at most ${maxTestAddresses} test addresses`);
      }
      return row;
    });
    const id = known?.id ?? randomUUID();
    // The key commits first: a crash leaves a key of nothing, never a row that nothing opens (decision 3).
    const key = (await this.keyring.create(accountId, 'test_address', [id])).get(id)!;
    const addressSealed = sealJson(key, accountId, 'test_address', id, { email });
    const row = await this.db.forAccount(accountId, async (tx) => {
      await tx.testAddress.createMany({ data: [{ id, accountId, addressSealed, fingerprint }], skipDuplicates: true });
      // Sealed again: a deletion that failed half-way may have left the row without its key.
      if (known) await tx.testAddress.updateMany({ where: { id }, data: { addressSealed } });
      const stored = await tx.testAddress.findUniqueOrThrow({
        where: { accountId_fingerprint: { accountId, fingerprint } },
      });
      if (stored.verifiedAt === null) await this.#ask(tx, stored, email, sandbox);
      return stored;
    });
    // Somebody added the same address at the same time and was first.
    if (row.id !== id) await this.keyring.destroy(accountId, [id]);
    return shown(row, email);
  }

  async list(accountId: string, query: z.output<typeof testAddressQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const rows = await this.db.forAccount(accountId, (tx) => tx.testAddress.findMany({ where, orderBy, take }));
    const page = toPage(rows, query);
    const keys = await this.keyring.many(
      accountId,
      page.data.map((row) => row.id),
    );
    // One whose key is gone is being deleted.
    const data = page.data.flatMap((row) => {
      const key = keys.get(row.id);
      return key ? [shown(row, emailOf(row, key))] : [];
    });
    return { ...page, data };
  }

  async read(accountId: string, id: string) {
    const row = await this.db.forAccount(accountId, async (tx) =>
      found(await tx.testAddress.findUnique({ where: { id } })),
    );
    return shown(row, emailOf(row, found((await this.keyring.many(accountId, [id])).get(id))));
  }

  /** Deletes the row and destroys its key: either is done again when the other fails. */
  async remove(accountId: string, id: string): Promise<void> {
    await this.db.forAccount(accountId, async (tx) => {
      found(await tx.testAddress.findUnique({ where: { id }, select: { id: true } }));
      await this.#forget(tx, accountId, id);
    });
  }

  /** The owner pressed the button. A second time changes nothing; false where the address was deleted in the meantime. */
  async verify(accountId: string, id: string): Promise<boolean> {
    return this.db.forAccount(accountId, async (tx) => {
      await tx.testAddress.updateMany({ where: { id, verifiedAt: null }, data: { verifiedAt: new Date() } });
      return (await tx.testAddress.findUnique({ where: { id }, select: { id: true } })) !== null;
    });
  }

  /** The owner says that this was not asked for: the address is deleted. A second time changes nothing. */
  async reject(accountId: string, id: string): Promise<void> {
    await this.db.forAccount(accountId, async (tx) => {
      if (await tx.testAddress.findUnique({ where: { id }, select: { id: true } })) {
        await this.#forget(tx, accountId, id);
      }
    });
  }

  async #forget(tx: Tx, accountId: string, id: string): Promise<void> {
    await tx.testAddress.deleteMany({ where: { id } });
    await this.keyring.destroy(accountId, [id]);
  }

  async #ask(tx: Tx, row: TestAddress, email: string, sandbox: boolean): Promise<void> {
    const now = new Date();
    const asked = await tx.delivery.findMany({
      where: { testAddressId: row.id, kind: 'address_verification' },
      orderBy: { createdAt: 'desc' },
      select: { createdAt: true },
    });
    const [last] = asked;
    if (last && now.getTime() - last.createdAt.getTime() < verificationPauseMs) return;
    // Past the bound nothing is queued and nothing is said: it counts mail of other accounts too.
    if (!(await takeVerificationMail(tx, this.platformKeys.bounds, email, now))) return;
    await queueDelivery(tx, {
      accountId: row.accountId,
      kind: 'address_verification',
      dedupeKey: `test-address:${row.id}:${asked.length + 1}`,
      testAddressId: row.id,
      sandbox,
    });
  }
}

function emailOf(row: TestAddress, key: Buffer): string {
  return openJson<{ email: string }>(key, row.accountId, 'test_address', row.id, row.addressSealed).email;
}

function shown(row: TestAddress, email: string) {
  return { ...row, email, verified: row.verifiedAt !== null };
}
