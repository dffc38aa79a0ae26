import { Module } from '@nestjs/common';
import { TestAddressesModule } from '../test-addresses/test-addresses.module.js';
import { TemplateContentModule } from './template-content.module.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesService } from './templates.service.js';

@Module({
  imports: [TemplateContentModule, TestAddressesModule],
  controllers: [TemplatesController],
  providers: [TemplatesService],
})
export class TemplatesModule {}
