import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../libs/db/database.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { type Link, type LinkPurpose, LinkTokens } from '../../../libs/privacy/link-token.js';
import { Answers } from '../opt-ins/answers.service.js';
import { TestAddressesService } from '../test-addresses/test-addresses.service.js';
import type { ConfirmationKind } from './views/confirmation-pages.js';
import type { Language } from './views/language.js';
import type { PageBrand } from './views/layout.js';

/** Which links a path takes. A link for something else is answered like one that was forged. */
const purposesOf = {
  c: ['confirm_opt_in', 'confirm_resubscription', 'verify_test_address'],
  n: ['reject_opt_in', 'reject_resubscription', 'reject_test_address'],
  u: ['unsubscribe'],
} as const satisfies Record<string, readonly LinkPurpose[]>;

const kinds: Record<(typeof purposesOf.c | typeof purposesOf.n)[number], ConfirmationKind> = {
  confirm_opt_in: 'subscription',
  reject_opt_in: 'subscription',
  confirm_resubscription: 'resubscription',
  reject_resubscription: 'resubscription',
  verify_test_address: 'test_address',
  reject_test_address: 'test_address',
};

const rejections = {
  confirm_opt_in: 'reject_opt_in',
  confirm_resubscription: 'reject_resubscription',
  verify_test_address: 'reject_test_address',
} as const;

/** What a page behind a link says. `brand` is there unless the link leads to nothing any more. */
export type LinkPage = { language: Language; kind: ConfirmationKind; lists: string[] } & (
  | { state: 'over'; brand: PageBrand | undefined }
  | { state: 'open' | 'done'; brand: PageBrand }
);

interface Visitor {
  ip: string;
  userAgent?: string;
}

/** The links of mails: what they lead to, and what pressing their button does. */
@Injectable()
export class LinkPages {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(LinkTokens) private readonly tokens: LinkTokens,
    @Inject(Answers) private readonly answers: Answers,
    @Inject(TestAddressesService) private readonly testAddresses: TestAddressesService,
  ) {}

  /** @throws DomainError link_invalid for a token that is malformed, forged, or of another path */
  linkOf(path: keyof typeof purposesOf, token: string): Link {
    const link = this.tokens.verify(token);
    if (!link || !(purposesOf[path] as readonly LinkPurpose[]).includes(link.purpose)) {
      throw new DomainError('link_invalid');
    }
    return link;
  }

  /** Where "this was not me" leads from the page of a confirming link. */
  rejectPath(link: Link): string {
    const purpose = rejections[link.purpose as keyof typeof rejections];
    return `/n/${this.tokens.sign({ ...link, purpose })}`;
  }

  /** Reads only: mail scanners open every link. */
  async view(link: Link): Promise<LinkPage> {
    const kind = kinds[link.purpose as keyof typeof kinds];
    if (kind === 'test_address') return this.#viewTestAddress(link);
    const { state, brand, language, listNames } = await this.answers.view(link);
    return pageOf(state, brand, { language: languageOf(language), kind, lists: listNames });
  }

  /** The button of a confirming link. Pressing it twice is no error. */
  async confirm(link: Link, from: Visitor): Promise<'confirmed' | 'over'> {
    if (link.purpose !== 'verify_test_address') return this.answers.confirm(link, from);
    const there = await this.testAddresses.verify(link.accountId, link.subjectId);
    return there ? 'confirmed' : 'over';
  }

  /** The button of "this was not me". */
  async reject(link: Link, from: Visitor): Promise<'rejected' | 'over'> {
    if (link.purpose !== 'reject_test_address') return this.answers.reject(link, from);
    await this.testAddresses.reject(link.accountId, link.subjectId);
    return 'rejected';
  }

  async unsubscribeView(link: Link) {
    return this.#unsubscribePage(link, await this.answers.unsubscribeView(link));
  }

  async unsubscribe(link: Link, scope: 'list' | 'all', from: Visitor) {
    return this.#unsubscribePage(link, await this.answers.unsubscribe(link, scope, from));
  }

  /** A test mail of a template belongs to no list: its page speaks of the brand instead. */
  async #unsubscribePage(link: Link, view: { brand: PageBrand | null; listName: string | null; language: string }) {
    const brand = view.brand ?? (await this.#firstBrand(link.accountId));
    if (!brand) throw new DomainError('link_invalid');
    return { brand, listName: view.listName ?? brand.name, language: languageOf(view.language) };
  }

  async #viewTestAddress(link: Link): Promise<LinkPage> {
    const brand = await this.#firstBrand(link.accountId);
    const row = await this.db.forAccount(link.accountId, (tx) =>
      tx.testAddress.findUnique({ where: { id: link.subjectId }, select: { verifiedAt: true } }),
    );
    return pageOf(stateOf(row, link.purpose), brand, {
      language: languageOf(brand?.language),
      kind: 'test_address',
      lists: [],
    });
  }

  /** The mail to a test address speaks for the account's first brand, so its pages do. */
  async #firstBrand(accountId: string) {
    return this.db.forAccount(accountId, (tx) =>
      tx.brand.findFirst({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
    );
  }
}

/** Refusing deletes the address, so an address that is gone is one that was refused, or removed by the account. */
function stateOf(row: { verifiedAt: Date | null } | null, purpose: LinkPurpose): LinkPage['state'] {
  if (purpose === 'reject_test_address') return row ? 'open' : 'done';
  if (!row) return 'over';
  return row.verifiedAt ? 'done' : 'open';
}

function pageOf(
  state: LinkPage['state'],
  brand: PageBrand | null | undefined,
  rest: { language: Language; kind: ConfirmationKind; lists: string[] },
): LinkPage {
  if (state === 'over' || !brand) return { ...rest, state: 'over', brand: brand ?? undefined };
  return { ...rest, state, brand };
}

function languageOf(name: string | undefined): Language {
  return name === 'sv' ? 'sv' : 'en';
}
