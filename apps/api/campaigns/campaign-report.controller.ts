import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { CampaignReportService } from './campaign-report.service.js';
import { campaignDeliveryPageSchema, campaignDeliveryQuerySchema, reportSchema } from './campaigns.types.js';

@Controller('v1/campaigns')
export class CampaignReportController {
  constructor(@Inject(CampaignReportService) private readonly reports: CampaignReportService) {}

  @Get(':id/report')
  @Operation({ summary: 'Report on a campaign', answer: reportSchema })
  report(@AccountId() accountId: string, @Param('id', { schema: id }) campaignId: string) {
    return this.reports.report(accountId, campaignId);
  }

  @Get(':id/deliveries')
  @Operation({ summary: 'List the deliveries of a campaign', answer: campaignDeliveryPageSchema })
  deliveries(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Query({ schema: campaignDeliveryQuerySchema }) query: z.output<typeof campaignDeliveryQuerySchema>,
  ) {
    return this.reports.deliveries(accountId, campaignId, query);
  }
}
