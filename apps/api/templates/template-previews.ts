import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Config } from '../../../libs/config/config.js';
import { Database } from '../../../libs/db/database.js';
import { DomainError } from '../../../libs/domain/errors.js';
import { type MarketingValues, marketingValues } from '../../../libs/mail/marketing-values.js';
import type { RenderedMail } from '../../../libs/mail/template.js';
import { openIdentity } from '../../../libs/privacy/envelope.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { CONFIG } from '../platform.module.js';
import { TemplateContent } from './template-content.js';
import type { templatePreviewSchema } from './templates.types.js';

type Asked = z.output<typeof templatePreviewSchema>;

/** What a mail would look like, rendered as the lanes render it. Sends nothing and writes nothing. */
@Injectable()
export class TemplatePreviews {
  constructor(
    @Inject(TemplateContent) private readonly content: TemplateContent,
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws DomainError not_found, also for a contact whose erasure was asked for; template_invalid */
  async render(accountId: string, templateId: string, asked: Asked & { campaignName?: string }): Promise<RenderedMail> {
    const loaded = await this.content.load(accountId, { templateId, version: asked.version, listId: asked.list_id });
    const person = await this.#personOf(accountId, asked);
    const compiled = await this.content.compile(loaded);
    return compiled.render(
      marketingValues({
        contact: person.contact,
        language: person.language ?? loaded.brand.language,
        brandName: loaded.brand.name,
        listName: loaded.list?.name,
        campaignName: asked.campaignName,
        // Looks like the real one and belongs to nobody: it opens the page for links that are not valid.
        unsubscribeUrl: `${this.config.publicUrl}/u/example`,
      }),
    );
  }

  async #personOf(
    accountId: string,
    { contact_id: contactId, sample = {} }: Asked,
  ): Promise<{ contact: MarketingValues['contact']; language: string | null }> {
    if (contactId === undefined) {
      const { first_name: firstName, last_name: lastName, email, language = null } = sample;
      return { contact: { firstName, lastName, email }, language };
    }
    const card = await this.db.forAccount(accountId, (tx) =>
      tx.contact.findUnique({
        where: { id: contactId },
        select: { envelopeSealed: true, language: true, erasingAt: true, restrictedAt: true },
      }),
    );
    const key = card && !card.erasingAt ? (await this.keyring.many(accountId, [contactId])).get(contactId) : undefined;
    if (!card || !key) throw new DomainError('not_found', 'there is no such contact');
    // Stored only (GDPR art. 18(2)): rendering marketing for the person would be more than that.
    if (card.restrictedAt) throw new DomainError('conflict', 'the data of this contact is restricted');
    return { contact: openIdentity(key, accountId, contactId, card.envelopeSealed), language: card.language };
  }
}
