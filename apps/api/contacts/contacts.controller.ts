import { Body, Controller, Get, Inject, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller, isSandbox } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { setPageHeaders } from '../pages/page-answers.js';
import { chooseLanguage } from '../pages/views/language.js';
import { ContactEvidence } from './contact-evidence.service.js';
import { ContactsService } from './contacts.service.js';
import {
  contactChangeSchema,
  contactPageSchema,
  contactQuerySchema,
  contactSchema,
  contactSearchSchema,
  contactsFoundSchema,
  contactUnsubscribeSchema,
  contactUpsertSchema,
  evidenceSchema,
} from './contacts.types.js';

@Controller('v1/contacts')
export class ContactsController {
  constructor(
    @Inject(ContactsService) private readonly contacts: ContactsService,
    @Inject(ContactEvidence) private readonly evidence: ContactEvidence,
  ) {}

  @Put()
  @Operation({
    summary: 'Create or update the contact of an email, a mobile or an external_id',
    description:
      'Answers 201 where the contact is new. Its permission stays `pending` until the person confirms; `opt_in` asks for that, list by list. What is absent stays as it is.',
    answer: contactSchema,
    alternatives: { 201: 'The contact is new' },
    versioned: 'read',
    problems: ['address_blocked', 'conflict'],
  })
  async upsert(
    @AccountId() accountId: string,
    @CurrentCaller() caller: Caller,
    @Body({ schema: contactUpsertSchema }) body: z.output<typeof contactUpsertSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { created, card } = await this.contacts.upsert(accountId, isSandbox(caller), body);
    if (created) reply.code(201);
    return card;
  }

  @Get()
  @Operation({ summary: 'List contacts', answer: contactPageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: contactQuerySchema }) query: z.output<typeof contactQuerySchema>,
  ) {
    return this.contacts.list(accountId, query);
  }

  @Post('search')
  @Operation({ summary: 'Find the contact of one exact email, mobile or external_id', answer: contactsFoundSchema })
  search(
    @AccountId() accountId: string,
    @Body({ schema: contactSearchSchema }) body: z.output<typeof contactSearchSchema>,
  ) {
    return this.contacts.search(accountId, body);
  }

  @Get(':id')
  @Operation({ summary: 'Read a contact', answer: contactSchema, versioned: 'read' })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) contactId: string) {
    return this.contacts.read(accountId, contactId);
  }

  @Patch(':id')
  @Operation({
    summary: 'Change a contact',
    description: 'null empties a field. The email address and the mobile number cannot be changed.',
    answer: contactSchema,
    versioned: 'write',
    problems: ['already_exists', 'conflict'],
  })
  change(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) contactId: string,
    @IfMatch() version: number,
    @Body({ schema: contactChangeSchema }) body: z.output<typeof contactChangeSchema>,
  ) {
    return this.contacts.change(accountId, contactId, version, body);
  }

  @Get(':id/evidence')
  @Operation({
    summary: 'Proof of consent',
    description: 'Every consent event of the contact, verified. With `Accept: text/html` as a page to print.',
    answer: evidenceSchema,
    produces: 'text/html; charset=utf-8',
  })
  async proof(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) contactId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    reply.header('vary', 'accept, accept-language');
    if (!/\btext\/html\b/i.test(request.headers.accept ?? '')) return this.evidence.read(accountId, contactId);
    const page = await this.evidence.print(
      accountId,
      contactId,
      chooseLanguage(request.headers['accept-language'], 'en'),
    );
    setPageHeaders(reply);
    return page;
  }

  @Post(':id/unsubscribe')
  @Operation({
    summary: 'Unsubscribe a contact on its behalf',
    description:
      'From one list, or from all lists of the account. For a person who asked by telephone or letter; `how_asked` becomes part of the evidence. The data stays: unsubscribing is no erasure.',
    answer: contactSchema,
    versioned: 'read',
  })
  unsubscribe(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) contactId: string,
    @Body({ schema: contactUnsubscribeSchema }) body: z.output<typeof contactUnsubscribeSchema>,
  ) {
    return this.contacts.unsubscribe(accountId, contactId, body);
  }
}
