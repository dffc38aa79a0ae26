import { Module } from '@nestjs/common';
import type { Config } from '../../../libs/config/config.js';
import { PlatformKeys } from '../../../libs/privacy/platform-keys.js';
import { CONFIG } from '../platform.module.js';
import { TemplateContentModule } from '../templates/template-content.module.js';
import { TestAddressesController } from './test-addresses.controller.js';
import { TestAddressesService } from './test-addresses.service.js';
import { TestSendsService } from './test-sends.service.js';

const platformKeys = {
  provide: PlatformKeys,
  useFactory: (config: Config) => new PlatformKeys(config.keyEncryptionKey),
  inject: [CONFIG],
};

@Module({
  imports: [TemplateContentModule],
  controllers: [TestAddressesController],
  providers: [TestAddressesService, TestSendsService, platformKeys],
  exports: [TestAddressesService, TestSendsService],
})
export class TestAddressesModule {}
