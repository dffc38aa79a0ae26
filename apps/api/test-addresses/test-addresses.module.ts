import { Module } from '@nestjs/common';
import { TemplateContentModule } from '../templates/template-content.module.js';
import { TestAddressesController } from './test-addresses.controller.js';
import { TestAddressesService } from './test-addresses.service.js';
import { TestSendsService } from './test-sends.service.js';

@Module({
  imports: [TemplateContentModule],
  controllers: [TestAddressesController],
  providers: [TestAddressesService, TestSendsService],
  exports: [TestAddressesService, TestSendsService],
})
export class TestAddressesModule {}
