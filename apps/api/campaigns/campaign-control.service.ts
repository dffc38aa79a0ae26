import { Inject, Injectable } from '@nestjs/common';
import { lockCampaign, moveCampaign } from '../../../libs/db/campaigns.js';
import { Database, found } from '../../../libs/db/database.js';
import { enqueueSignal, enqueueStart } from '../../../libs/db/outbox.js';
import type { CampaignEvent } from '../../../libs/domain/campaign.js';
import { DomainError } from '../../../libs/domain/errors.js';
import {
  type CampaignInput,
  campaignChangedSignal,
  campaignContract,
  campaignDefaults,
} from '../../../workflows/campaign.contract.js';
import { type LoadedTemplate, TemplateContent } from '../templates/template-content.js';
import { obstaclesToSending } from './campaign-readiness.js';

/** What moves a campaign on. The row says what is meant; the workflow and the lanes obey it. */
@Injectable()
export class CampaignControlService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(TemplateContent) private readonly content: TemplateContent,
  ) {}

  /**
   * Sends now, or at the campaign's time, with the version that its template has now.
   * @throws DomainError campaign_not_ready with everything that stands against it; conflict when it is no draft
   */
  async send(accountId: string, id: string, sandbox: boolean) {
    const draft = await this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await tx.campaign.findUnique({ where: { id } }));
      if (campaign.state !== 'draft') throw new DomainError('conflict', `this campaign is ${campaign.state} already`);
      const subscribed = await tx.subscription.findFirst({
        where: { listId: campaign.listId, status: 'subscribed' },
        select: { contactId: true },
      });
      return { ...campaign, hasAudience: subscribed !== null };
    });
    const { templateId, listId, scheduledAt, hasAudience } = draft;
    const loaded = await this.content.load(accountId, { templateId, listId });
    const template = await this.#compiled(loaded);
    const now = new Date();
    const problems = obstaclesToSending({ brand: loaded.brand, template, hasAudience, scheduledAt, now });
    if (problems.length > 0) throw new DomainError('campaign_not_ready', undefined, problems);

    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, id));
      if (campaign.version !== draft.version) {
        throw new DomainError('conflict', 'this campaign was changed while it was being sent');
      }
      await tx.campaign.update({ where: { id }, data: { templateVersion: loaded.version, sandbox } });
      await moveCampaign(tx, campaign, scheduledAt === null ? 'send' : 'schedule');
      const input: CampaignInput = {
        accountId,
        campaignId: id,
        scheduledAt: scheduledAt?.getTime() ?? null,
        ...campaignDefaults,
      };
      await enqueueStart(tx, { ...workflowOf(input), input });
      return found(await tx.campaign.findUnique({ where: { id } }));
    });
  }

  /** @throws DomainError conflict where its state does not accept that */
  async move(accountId: string, id: string, event: Extract<CampaignEvent, 'pause' | 'resume' | 'cancel'>) {
    return this.db.forAccount(accountId, async (tx) => {
      const campaign = found(await lockCampaign(tx, id));
      await moveCampaign(tx, campaign, event);
      await enqueueSignal(tx, { ...workflowOf({ accountId, campaignId: id }), name: campaignChangedSignal.name });
      return found(await tx.campaign.findUnique({ where: { id } }));
    });
  }

  async #compiled(loaded: LoadedTemplate) {
    try {
      return await this.content.compile(loaded);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'template_invalid') return error;
      throw error;
    }
  }
}

function workflowOf({ accountId, campaignId }: Pick<CampaignInput, 'accountId' | 'campaignId'>) {
  return {
    accountId,
    workflowType: campaignContract.type,
    workflowId: campaignContract.workflowId({ accountId, campaignId, scheduledAt: null, ...campaignDefaults }),
  };
}
