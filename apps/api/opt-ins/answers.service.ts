import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../libs/db/database.js';
import type { Brand } from '../../../libs/db/generated/client.js';
import { DomainError } from '../../../libs/domain/errors.js';
import type { Link } from '../../../libs/privacy/link-token.js';
import type { AnsweredFrom } from './answered-from.js';
import { OptInAnswers } from './opt-in-answers.service.js';
import { ResubscriptionAnswers } from './resubscription-answers.service.js';
import { Unsubscribes } from './unsubscribes.service.js';

/** What the page behind a link shows. `over`: expired, refused, ended, or the contact was erased. */
export interface LinkView {
  state: 'open' | 'done' | 'over';
  brand: Brand | null;
  language: string;
  listNames: string[];
}

/** The person's answers to the links in mails. Reading a link changes nothing; each answer can be given twice. */
@Injectable()
export class Answers {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(OptInAnswers) private readonly optIns: OptInAnswers,
    @Inject(ResubscriptionAnswers) private readonly resubscriptions: ResubscriptionAnswers,
    @Inject(Unsubscribes) private readonly unsubscribes: Unsubscribes,
  ) {}

  async view(link: Link): Promise<LinkView> {
    return this.db.forAccount(link.accountId, (tx) => this.#view(tx, link));
  }

  /** @throws DomainError link_invalid when the link is for something else */
  async confirm(link: Link, from: AnsweredFrom): Promise<'confirmed' | 'over'> {
    if (link.purpose === 'confirm_opt_in') return this.optIns.confirm(link.accountId, link.subjectId, from);
    if (link.purpose === 'confirm_resubscription')
      return this.resubscriptions.confirm(link.accountId, link.subjectId, from);
    throw new DomainError('link_invalid');
  }

  /** "This was not me." */
  async reject(link: Link, from: AnsweredFrom): Promise<'rejected' | 'over'> {
    if (link.purpose === 'reject_opt_in') return this.optIns.reject(link.accountId, link.subjectId, from);
    if (link.purpose === 'reject_resubscription') return this.resubscriptions.reject(link.accountId, link.subjectId);
    throw new DomainError('link_invalid');
  }

  async unsubscribeView(link: Link) {
    return this.unsubscribes.view(link.accountId, link.subjectId);
  }

  async unsubscribe(link: Link, scope: 'list' | 'all', from: AnsweredFrom) {
    return this.unsubscribes.unsubscribe(link.accountId, link.subjectId, scope, from);
  }

  async #view(tx: Tx, link: Link): Promise<LinkView> {
    if (link.purpose === 'confirm_opt_in' || link.purpose === 'reject_opt_in') {
      const row = await tx.optIn.findUnique({
        where: { id: link.subjectId },
        include: { list: { include: { brand: true } }, contact: { select: { erasingAt: true } } },
      });
      if (!row || row.contact.erasingAt) return { state: 'over', brand: null, language: 'en', listNames: [] };
      const state = stateOf(row.status, row.expiresAt, link.purpose === 'confirm_opt_in' ? 'confirmed' : 'rejected');
      return { state, brand: row.list.brand, language: row.language, listNames: [row.list.name] };
    }
    const row = await tx.resubscription.findUnique({ where: { id: link.subjectId } });
    if (!row) return { state: 'over', brand: null, language: 'en', listNames: [] };
    const lists = await tx.list.findMany({ where: { id: { in: row.listIds } }, include: { brand: true } });
    return {
      state: stateOf(row.status, row.expiresAt, link.purpose === 'confirm_resubscription' ? 'confirmed' : 'rejected'),
      brand: lists[0]?.brand ?? null,
      language: row.language,
      listNames: lists.map((list) => list.name),
    };
  }
}

function stateOf(status: string, expiresAt: Date, done: 'confirmed' | 'rejected'): LinkView['state'] {
  if (status === done) return 'done';
  return status === 'awaiting' && expiresAt > new Date() ? 'open' : 'over';
}
