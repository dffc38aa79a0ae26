import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { channelFingerprints } from '../../../libs/db/contacts.js';
import { Database, found, isUniqueViolation, type Tx } from '../../../libs/db/database.js';
import {
  type ImportContext,
  ImportOvertakenError,
  type ImportRow,
  importBatch,
  type Refusal,
} from '../../../libs/db/import-batches.js';
import { lockImport } from '../../../libs/db/imports.js';
import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import { type AccountKeys, Keyring } from '../../../libs/privacy/keyring.js';
import { sliceOf, toPage } from '../http/page.js';
import { readCsv } from './csv-file.js';
import { ImportRowReader, importColumns } from './import-rows.js';
import type { importQuerySchema, importRefusalQuerySchema, newImportSchema } from './imports.types.js';

/** What an import's `evidence` holds. */
interface ImportEvidence {
  obtainedAt: string | null;
  origin: string;
  wording: string;
  ip: string | null;
}

type StoredImport = NonNullable<Awaited<ReturnType<Tx['import']['findUnique']>>>;

const batchRows = 500;

/** The largest file took half a minute on two busy cores. */
const importLimitMs = 10 * 60_000;

const maxAttempts = 3;

@Injectable()
export class ImportsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  async create(accountId: string, input: z.output<typeof newImportSchema>) {
    const { obtained_at: obtainedAt, origin, wording, ip } = input.evidence;
    const evidence: ImportEvidence = { obtainedAt: obtainedAt?.toISOString() ?? null, origin, wording, ip: ip ?? null };
    return this.db.forAccount(accountId, async (tx) => {
      await refuseUnknownLists(tx, input.list_ids);
      return shown(await tx.import.create({ data: { accountId, listIds: input.list_ids, evidence: { ...evidence } } }));
    });
  }

  async list(accountId: string, query: z.output<typeof importQuerySchema>) {
    const { where, orderBy, take } = sliceOf(query);
    const rows = await this.db.forAccount(accountId, (tx) => tx.import.findMany({ where, orderBy, take }));
    const page = toPage(rows, query);
    return { ...page, data: page.data.map(shown) };
  }

  async read(accountId: string, id: string) {
    return this.db.forAccount(accountId, async (tx) => shown(found(await tx.import.findUnique({ where: { id } }))));
  }

  async refusals(accountId: string, importId: string, query: z.output<typeof importRefusalQuerySchema>) {
    const { limit, cursor } = query;
    const rows = await this.db.forAccount(accountId, async (tx) => {
      found(await tx.import.findUnique({ where: { id: importId }, select: { id: true } }));
      return tx.importRefusal.findMany({
        where: { importId, row: { gt: cursor ?? 0 } },
        orderBy: { row: 'asc' },
        take: limit + 1,
      });
    });
    const data = rows.slice(0, limit);
    return { data, next_cursor: rows.length > limit ? String(data.at(-1)!.row) : null };
  }

  /**
   * Takes the file in: all of it or, where something breaks, nothing. Rows that cannot be taken in are refused by number
   * and code and keep no other row out.
   * @throws DomainError conflict when the import has its file already
   */
  async takeFile(accountId: string, id: string, body: Readable) {
    const waiting = await this.db.forAccount(accountId, async (tx) =>
      found(await tx.import.findUnique({ where: { id } })),
    );
    refuseSecondFile(waiting);
    const evidence = waiting.evidence as unknown as ImportEvidence;
    const defaults = {
      consentAt: evidence.obtainedAt === null ? undefined : new Date(evidence.obtainedAt),
      consentIp: evidence.ip ?? undefined,
    };
    const reader = new ImportRowReader(defaults, new Date());
    const read = (await readCsv(body, importColumns, 'email')).map((row) => reader.read(row));
    const rows = read.filter((row): row is ImportRow => 'identity' in row);
    const refused = read.filter((row): row is Refusal => 'code' in row);
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const finished = await this.#attempt(waiting, rows, refused);
      if (finished) return finished;
    }
    throw new DomainError('conflict', 'contacts of the file keep being created by someone else; try again');
  }

  /** Undefined where a contact of the file was created or erased by someone else meanwhile; nothing was written then. */
  async #attempt(waiting: StoredImport, rows: ImportRow[], refused: Refusal[]) {
    const { id, accountId, listIds } = waiting;
    const keys = await this.keyring.account(accountId);
    const newKeys = await this.#keysOfNewContacts(accountId, keys, rows);
    const unused = new Set(newKeys.keys());
    const { origin, wording } = waiting.evidence as unknown as ImportEvidence;
    const context = { accountId, keys, keyring: this.keyring, listIds, evidence: { origin, wording }, newKeys };
    try {
      const { finished, createdIds } = await this.db.forAccount(
        accountId,
        async (tx) => {
          refuseSecondFile(found(await lockImport(tx, id)));
          return importAll(tx, id, context, rows, refused);
        },
        importLimitMs,
      );
      for (const contactId of createdIds) unused.delete(contactId);
      await this.keyring.destroy(accountId, [...unused]);
      return shown(finished);
    } catch (error) {
      const overtaken = error instanceof ImportOvertakenError || isUniqueViolation(error);
      // Certainly rolled back. After any other error the rows may stand, so their keys do; orphans are swept.
      if (overtaken || error instanceof DomainError) await this.keyring.destroy(accountId, [...unused]);
      if (overtaken) return undefined;
      throw error;
    }
  }

  /** Keys for the rows whose address has no card; committed before the transaction that uses them (decision 3). */
  async #keysOfNewContacts(accountId: string, keys: AccountKeys, rows: ImportRow[]): Promise<Map<string, Buffer>> {
    const created = new Map<string, Buffer>();
    for (const batch of batchesOf(rows)) {
      const fingerprints = batch.map((row) => channelFingerprints(keys, { email: row.identity.email })[0]!.fingerprint);
      const known = await this.db.forAccount(accountId, (tx) =>
        tx.contactChannel.findMany({
          where: { channel: 'email', fingerprint: { in: fingerprints } },
          select: { fingerprint: true },
        }),
      );
      const knownHex = new Set(known.map((row) => Buffer.from(row.fingerprint).toString('hex')));
      const fresh = batch.filter((_, index) => !knownHex.has(fingerprints[index]!.toString('hex')));
      const ids = fresh.map((row) => row.contactId);
      for (const [contactId, key] of await this.keyring.create(accountId, 'contact', ids)) created.set(contactId, key);
    }
    return created;
  }
}

async function importAll(tx: Tx, id: string, context: ImportContext, rows: ImportRow[], refused: Refusal[]) {
  const refusals = [...refused];
  const createdIds: string[] = [];
  let updated = 0;
  for (const batch of batchesOf(rows)) {
    const outcome = await importBatch(tx, context, batch);
    createdIds.push(...outcome.createdIds);
    updated += outcome.updated;
    refusals.push(...outcome.refusals);
  }
  for (const batch of batchesOf(refusals)) {
    const { accountId } = context;
    await tx.importRefusal.createMany({ data: batch.map((refusal) => ({ importId: id, accountId, ...refusal })) });
  }
  const finished = await tx.import.update({
    where: { id },
    data: {
      status: 'done',
      total: createdIds.length + updated + refusals.length,
      created: createdIds.length,
      updated,
      refused: refusals.length,
      finishedAt: new Date(),
    },
  });
  return { finished, createdIds };
}

function* batchesOf<Row>(rows: Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += batchRows) yield rows.slice(start, start + batchRows);
}

function shown(row: StoredImport) {
  return { ...row, mode: 'pre_verified' };
}

function refuseSecondFile(row: StoredImport): void {
  if (row.status !== 'awaiting_file') throw new DomainError('conflict', 'this import has its file already');
}

async function refuseUnknownLists(tx: Tx, listIds: string[]): Promise<void> {
  const lists = await tx.list.findMany({ where: { id: { in: listIds } }, select: { id: true } });
  const problems: Problem[] = listIds.flatMap((listId, index) =>
    lists.some((list) => list.id === listId)
      ? []
      : [{ pointer: `/list_ids/${index}`, detail: 'there is no such list' }],
  );
  if (problems.length > 0) throw new DomainError('validation_failed', undefined, problems);
}
