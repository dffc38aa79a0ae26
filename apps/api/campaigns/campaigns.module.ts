import { Module } from '@nestjs/common';
import { TemplateContentModule } from '../templates/template-content.module.js';
import { TestAddressesModule } from '../test-addresses/test-addresses.module.js';
import { CampaignControlController } from './campaign-control.controller.js';
import { CampaignControlService } from './campaign-control.service.js';
import { CampaignReportController } from './campaign-report.controller.js';
import { CampaignReportService } from './campaign-report.service.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsService } from './campaigns.service.js';

@Module({
  imports: [TemplateContentModule, TestAddressesModule],
  controllers: [CampaignsController, CampaignControlController, CampaignReportController],
  providers: [CampaignsService, CampaignControlService, CampaignReportService],
})
export class CampaignsModule {}
