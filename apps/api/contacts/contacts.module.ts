import { Module } from '@nestjs/common';
import { OptInsModule } from '../opt-ins/opt-ins.module.js';
import { ContactEvidence } from './contact-evidence.service.js';
import { ContactUpserts } from './contact-upserts.service.js';
import { ContactsController } from './contacts.controller.js';
import { ContactsService } from './contacts.service.js';

@Module({
  imports: [OptInsModule],
  controllers: [ContactsController],
  providers: [ContactsService, ContactUpserts, ContactEvidence],
})
export class ContactsModule {}
