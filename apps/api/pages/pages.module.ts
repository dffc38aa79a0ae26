import { Module } from '@nestjs/common';
import { OptInsModule } from '../opt-ins/opt-ins.module.js';
import { TestAddressesModule } from '../test-addresses/test-addresses.module.js';
import { AssetsController } from './assets.controller.js';
import { ConfirmationPagesController } from './confirmation-pages.controller.js';
import { FormPagesController } from './form-pages.controller.js';
import { FormPages } from './form-pages.service.js';
import { LinkPages } from './link-pages.service.js';
import { MultipartForms } from './multipart-forms.js';
import { UnsubscribePagesController } from './unsubscribe-pages.controller.js';

/** The pages for the people who are written to. */
@Module({
  imports: [OptInsModule, TestAddressesModule],
  controllers: [AssetsController, ConfirmationPagesController, FormPagesController, UnsubscribePagesController],
  providers: [FormPages, LinkPages, MultipartForms],
})
export class PagesModule {}
