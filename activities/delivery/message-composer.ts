import { Inject, Injectable } from '@nestjs/common';
import type { ClaimedDelivery } from '../../libs/db/deliveries.js';
import { DomainError } from '../../libs/domain/errors.js';
import { layoutOf, marketingValues } from '../../libs/mail/marketing-values.js';
import { type ComposedMessage, composeMessage, messageIdOf } from '../../libs/mail/message.js';
import { renderServiceMail } from '../../libs/mail/service-mail.js';
import {
  type BrandLayout,
  type CompiledTemplate,
  compileTemplate,
  type RenderedMail,
} from '../../libs/mail/template.js';
import { openIdentity, openJson } from '../../libs/privacy/envelope.js';
import type { LinkPurpose } from '../../libs/privacy/link-token.js';
import { PlatformKeys } from '../../libs/privacy/platform-keys.js';
import { type BrandContent, type MessageContent, templateKey } from './message-content.js';

/** Compiled templates that are kept; a campaign needs one, so a few cover what goes out at the same time. */
const keptTemplates = 50;

/** Makes a message of a claimed row: who it goes to, what it says, and the links in it. */
@Injectable()
export class MessageComposer {
  readonly #compiled = new Map<string, Promise<CompiledTemplate>>();

  constructor(
    @Inject(PlatformKeys) private readonly platformKeys: PlatformKeys,
    private readonly publicUrl: string,
  ) {}

  /**
   * @param keys of the contacts, pending addresses and test addresses of the chunk; one that is missing was destroyed
   * @returns null where the message cannot be made: the key is gone, or the row points to something that is
   * @throws DomainError where what the account wrote cannot be put into a mail
   */
  async compose(
    accountId: string,
    row: ClaimedDelivery,
    content: MessageContent,
    keys: ReadonlyMap<string, Buffer>,
  ): Promise<ComposedMessage | null> {
    switch (row.kind) {
      case 'campaign':
      case 'test':
        return this.#marketing(accountId, row, content, keys);
      case 'confirmation':
      case 'confirmation_reminder': {
        const to = identityOf(accountId, row, keys)?.email;
        const list = row.listId ? content.lists.get(row.listId) : undefined;
        const optIn = row.optInId ? content.optIns.get(row.optInId) : undefined;
        if (!to || !list || !optIn || !row.optInId) return null;
        const links = this.#links(accountId, 'confirm_opt_in', 'reject_opt_in', row.optInId);
        const mail = renderServiceMail(row.kind, {
          ...wordsFor(list.brand, optIn.language),
          listNames: [list.name],
          ...links,
        });
        return this.#message(row, list.brand, to, mail, { service: true });
      }
      case 'resubscription': {
        const pending = row.resubscriptionId ? content.resubscriptions.get(row.resubscriptionId) : undefined;
        const key = row.resubscriptionId ? keys.get(row.resubscriptionId) : undefined;
        const lists = pending?.listIds.flatMap((id) => content.lists.get(id) ?? []) ?? [];
        const brand = lists[0]?.brand;
        if (!pending?.pendingSealed || !key || !row.resubscriptionId || !brand) return null;
        const { email } = openJson<{ email: string }>(
          key,
          accountId,
          'resubscription',
          row.resubscriptionId,
          pending.pendingSealed,
        );
        const links = this.#links(accountId, 'confirm_resubscription', 'reject_resubscription', row.resubscriptionId);
        const listNames = lists.map((list) => list.name);
        const mail = renderServiceMail(row.kind, { ...wordsFor(brand, pending.language), listNames, ...links });
        return this.#message(row, brand, email, mail, { service: true });
      }
      case 'address_verification': {
        const to = testAddressOf(accountId, row, content, keys);
        const brand = content.firstBrand;
        if (!to || !brand || !row.testAddressId) return null;
        const links = this.#links(accountId, 'verify_test_address', 'reject_test_address', row.testAddressId);
        const mail = renderServiceMail(row.kind, { ...wordsFor(brand, brand.language), listNames: [], ...links });
        return this.#message(row, brand, to, mail, { service: true });
      }
    }
  }

  async #marketing(
    accountId: string,
    row: ClaimedDelivery,
    content: MessageContent,
    keys: ReadonlyMap<string, Buffer>,
  ): Promise<ComposedMessage | null> {
    const isTest = row.kind === 'test';
    const identity = isTest ? undefined : identityOf(accountId, row, keys);
    const to = isTest ? testAddressOf(accountId, row, content, keys) : identity?.email;
    const list = row.listId ? content.lists.get(row.listId) : undefined;
    const brand = list?.brand ?? (row.templateId ? content.brandOfTemplate.get(row.templateId) : undefined);
    if (!to || !brand || !row.templateId || row.templateVersion === null) return null;
    const template = await this.#template(row.templateId, row.templateVersion, brand, content);
    if (!template) return null;
    const unsubscribeUrl = this.#url('u', 'unsubscribe', accountId, row.id);
    const mail = template.render(
      marketingValues({
        contact: isTest ? { email: to } : (identity ?? {}),
        language: row.contact?.language ?? brand.language,
        brandName: brand.name,
        listName: list?.name,
        campaignName: row.campaignId ? content.campaigns.get(row.campaignId)?.name : undefined,
        unsubscribeUrl,
      }),
    );
    return this.#message(row, brand, to, mail, isTest ? { test: true } : { listUnsubscribeUrl: unsubscribeUrl });
  }

  async #template(id: string, version: number, brand: BrandContent, content: MessageContent) {
    const source = content.templates.get(templateKey(id, version));
    if (!source) return null;
    // The layout is part of what is compiled, so a changed brand is another compilation.
    const cacheKey = `${templateKey(id, version)}/${brand.id}/${brand.version}`;
    const known = this.#compiled.get(cacheKey);
    if (known) return known;
    const compiled = compileTemplate(source, layoutOf(brand, brand.language));
    this.#compiled.set(cacheKey, compiled);
    compiled.catch(() => this.#compiled.delete(cacheKey));
    const oldest = this.#compiled.keys().next().value;
    if (this.#compiled.size > keptTemplates && oldest !== undefined) this.#compiled.delete(oldest);
    return compiled;
  }

  #message(
    row: ClaimedDelivery,
    brand: BrandContent,
    to: string,
    mail: RenderedMail,
    options: { service?: boolean; test?: boolean; listUnsubscribeUrl?: string },
  ): ComposedMessage {
    return composeMessage({
      from: { name: brand.senderName, address: brand.senderEmail },
      to,
      subject: mail.subject,
      html: mail.html,
      text: mail.text,
      messageId: messageIdOf(row.id, brand.senderEmail),
      date: new Date(),
      ...options,
    });
  }

  #links(accountId: string, confirm: LinkPurpose, reject: LinkPurpose, subjectId: string) {
    return {
      confirmUrl: this.#url('c', confirm, accountId, subjectId),
      rejectUrl: this.#url('n', reject, accountId, subjectId),
    };
  }

  #url(path: 'c' | 'n' | 'u', purpose: LinkPurpose, accountId: string, subjectId: string): string {
    return `${this.publicUrl}/${path}/${this.platformKeys.links.sign({ purpose, accountId, subjectId })}`;
  }
}

function wordsFor(brand: BrandContent, language: string) {
  const chosen: BrandLayout['language'] = language === 'sv' ? 'sv' : 'en';
  return { language: chosen, brand: layoutOf(brand, chosen) };
}

function identityOf(accountId: string, row: ClaimedDelivery, keys: ReadonlyMap<string, Buffer>) {
  const key = row.contactId ? keys.get(row.contactId) : undefined;
  if (!key || !row.contact || !row.contactId) return undefined;
  return openIdentity(key, accountId, row.contactId, row.contact.envelopeSealed);
}

function testAddressOf(
  accountId: string,
  row: ClaimedDelivery,
  content: MessageContent,
  keys: ReadonlyMap<string, Buffer>,
): string | undefined {
  const sealed = row.testAddressId ? content.testAddresses.get(row.testAddressId)?.addressSealed : undefined;
  const key = row.testAddressId ? keys.get(row.testAddressId) : undefined;
  if (!sealed || !key || !row.testAddressId) return undefined;
  return openJson<{ email: string }>(key, accountId, 'test_address', row.testAddressId, sealed).email;
}

/** Whether composing failed for a reason that lies in what the account wrote: the row is then skipped, not retried. */
export function isContentProblem(error: unknown): boolean {
  return error instanceof DomainError;
}
