import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller, isSandbox } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { campaignPreviewSchema, previewSchema } from '../templates/templates.types.js';
import { campaignTestSendSchema, queuedTestsSchema } from '../test-addresses/test-sends.types.js';
import { CampaignsService } from './campaigns.service.js';
import {
  campaignChangeSchema,
  campaignDetailSchema,
  campaignPageSchema,
  campaignQuerySchema,
  campaignSchema,
  newCampaignSchema,
} from './campaigns.types.js';

@Controller('v1/campaigns')
export class CampaignsController {
  constructor(@Inject(CampaignsService) private readonly campaigns: CampaignsService) {}

  @Post()
  @Operation({ summary: 'Create a campaign as a draft', answer: campaignSchema, status: 201, versioned: 'read' })
  create(
    @AccountId() accountId: string,
    @Body({ schema: newCampaignSchema }) body: z.output<typeof newCampaignSchema>,
  ) {
    return this.campaigns.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List campaigns', answer: campaignPageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: campaignQuerySchema }) query: z.output<typeof campaignQuerySchema>,
  ) {
    return this.campaigns.list(accountId, query);
  }

  @Get(':id')
  @Operation({
    summary: 'Read a campaign',
    description: 'Once it has started, with the counts of the ledger as they are now.',
    answer: campaignDetailSchema,
    versioned: 'read',
  })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) campaignId: string) {
    return this.campaigns.read(accountId, campaignId);
  }

  @Patch(':id')
  @Operation({ summary: 'Change a draft', answer: campaignSchema, versioned: 'write', problems: ['conflict'] })
  change(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @IfMatch() version: number,
    @Body({ schema: campaignChangeSchema }) body: z.output<typeof campaignChangeSchema>,
  ) {
    return this.campaigns.change(accountId, campaignId, version, body);
  }

  @Post(':id/preview')
  @Operation({
    summary: 'Preview a campaign',
    description: 'As it is sent to its list, with a contact or sample data. The unsubscribe link is an example.',
    answer: previewSchema,
    problems: ['template_invalid', 'conflict'],
  })
  preview(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: campaignPreviewSchema }) body: z.output<typeof campaignPreviewSchema>,
  ) {
    return this.campaigns.preview(accountId, campaignId, body);
  }

  @Post(':id/test-send')
  @Operation({
    summary: 'Send a test of a campaign to verified test addresses',
    description: 'Marked as a test, untracked, in no report.',
    answer: queuedTestsSchema,
    status: 202,
    idempotent: true,
    problems: ['template_invalid'],
  })
  testSend(
    @CurrentCaller() caller: Caller,
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: campaignTestSendSchema }) body: z.output<typeof campaignTestSendSchema>,
  ) {
    return this.campaigns.testSend(accountId, campaignId, body.test_address_ids, isSandbox(caller));
  }
}
