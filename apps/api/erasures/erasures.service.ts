import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { findContactByAddress, lockContact } from '../../../libs/db/contacts.js';
import { Database, found, type Tx } from '../../../libs/db/database.js';
import { derivedId } from '../../../libs/db/derived-id.js';
import { enqueueStart } from '../../../libs/db/outbox.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { sealJson } from '../../../libs/privacy/envelope.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { erasureContract, erasurePollMs } from '../../../workflows/erasure.contract.js';
import { sliceOf, toPage } from '../http/page.js';
import type { erasureQuerySchema, newErasureSchema } from './erasures.types.js';

/** Erasures (P15, GDPR art. 17): the request here, the work in its workflow. */
@Injectable()
export class ErasuresService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * Asks for an erasure. From the commit of this request on the card is hidden, nothing is sent to it, and its address
   * is blocked. A second request for the same card answers the first.
   */
  async request(accountId: string, input: z.output<typeof newErasureSchema>) {
    const contactId = input.contact_id ?? (await this.#contactOfAddress(accountId, input.email!));
    const key = (await this.keyring.many(accountId, [contactId])).get(contactId);
    return this.db.forAccount(accountId, async (tx) => {
      await lockContact(tx, contactId);
      const earlier = await tx.erasure.findUnique({ where: { contactId } });
      if (earlier) return earlier;
      const contact = await tx.contact.findUnique({ where: { id: contactId }, select: { id: true } });
      if (!contact || !key) throw new DomainError('not_found');
      return this.#open(tx, accountId, contactId, key, input);
    });
  }

  async list(accountId: string, query: z.output<typeof erasureQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const filters = query.status === undefined ? {} : { status: query.status };
    const rows = await this.db.forAccount(accountId, (tx) =>
      tx.erasure.findMany({ where: { AND: [filters, where] }, orderBy, take }),
    );
    return toPage(rows, query);
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => found(await tx.erasure.findUnique({ where: { id } })));
  }

  async #open(tx: Tx, accountId: string, contactId: string, key: Buffer, input: z.output<typeof newErasureSchema>) {
    const id = derivedId('erasure', contactId);
    const now = new Date();
    const erasure = await tx.erasure.create({
      data: {
        id,
        accountId,
        contactId,
        requestedBy: input.requested_by,
        requesterSealed:
          input.requester_ip === undefined ? null : sealJson(key, accountId, 'erasure', id, { ip: input.requester_ip }),
        requestedAt: now,
      },
    });
    await tx.contact.update({ where: { id: contactId }, data: { erasingAt: now, version: { increment: 1 } } });
    await tx.optIn.updateMany({ where: { contactId, status: 'awaiting' }, data: { status: 'ended', endedAt: now } });
    const workflow = { accountId, erasureId: id, contactId, pollMs: erasurePollMs };
    // Not linked to the contact: this workflow outlives it, and must not end itself.
    await enqueueStart(tx, {
      accountId,
      workflowType: erasureContract.type,
      workflowId: erasureContract.workflowId(workflow),
      input: workflow,
    });
    return erasure;
  }

  async #contactOfAddress(accountId: string, email: string): Promise<string> {
    const keys = await this.keyring.account(accountId);
    const fingerprint = fingerprintOf(keys.fingerprint, 'email', email);
    const living = await this.db.forAccount(accountId, (tx) => findContactByAddress(tx, 'email', fingerprint));
    return found(living).contactId;
  }
}
