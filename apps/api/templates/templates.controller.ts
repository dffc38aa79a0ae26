import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller, isSandbox } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { TestSendsService } from '../test-addresses/test-sends.service.js';
import { queuedTestsSchema, templateTestSendSchema } from '../test-addresses/test-sends.types.js';
import { TemplatePreviews } from './template-previews.js';
import { TemplatesService } from './templates.service.js';
import {
  newTemplateSchema,
  previewSchema,
  templateChangeSchema,
  templatePageSchema,
  templatePreviewSchema,
  templateQuerySchema,
  templateSchema,
  templateVersionQuerySchema,
} from './templates.types.js';

@Controller('v1/templates')
export class TemplatesController {
  constructor(
    @Inject(TemplatesService) private readonly templates: TemplatesService,
    @Inject(TemplatePreviews) private readonly previews: TemplatePreviews,
    @Inject(TestSendsService) private readonly testSends: TestSendsService,
  ) {}

  @Post()
  @Operation({
    summary: 'Create a template',
    description: 'Subject and body are compiled with the layout of the brand; a refusal names every problem.',
    answer: templateSchema,
    status: 201,
    versioned: 'read',
    problems: ['template_invalid'],
  })
  create(
    @AccountId() accountId: string,
    @Body({ schema: newTemplateSchema }) body: z.output<typeof newTemplateSchema>,
  ) {
    return this.templates.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List templates', answer: templatePageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: templateQuerySchema }) query: z.output<typeof templateQuerySchema>,
  ) {
    return this.templates.list(accountId, query);
  }

  @Get(':id')
  @Operation({
    summary: 'Read a template',
    description:
      'The current version, or the one that `version` names. Only the ETag of the current one is accepted by a change.',
    answer: templateSchema,
    versioned: 'read',
  })
  read(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) templateId: string,
    @Query({ schema: templateVersionQuerySchema }) query: z.output<typeof templateVersionQuerySchema>,
  ) {
    return this.templates.read(accountId, templateId, query.version);
  }

  @Put(':id')
  @Operation({
    summary: 'Make a new version of a template',
    description: 'Versions before it stay as they are; campaigns that were started keep theirs.',
    answer: templateSchema,
    versioned: 'write',
    problems: ['template_invalid'],
  })
  replace(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) templateId: string,
    @IfMatch() version: number,
    @Body({ schema: templateChangeSchema }) body: z.output<typeof templateChangeSchema>,
  ) {
    return this.templates.replace(accountId, templateId, version, body);
  }

  @Post(':id/preview')
  @Operation({
    summary: 'Preview a template',
    description: 'With a list, its brand speaks, as in a campaign to it. The unsubscribe link is an example.',
    answer: previewSchema,
    problems: ['template_invalid', 'conflict'],
  })
  preview(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) templateId: string,
    @Body({ schema: templatePreviewSchema }) body: z.output<typeof templatePreviewSchema>,
  ) {
    return this.previews.render(accountId, templateId, body);
  }

  @Post(':id/test-send')
  @Operation({
    summary: 'Send a test to verified test addresses',
    description: 'Marked as a test, untracked, in no report.',
    answer: queuedTestsSchema,
    status: 202,
    idempotent: true,
    problems: ['template_invalid'],
  })
  testSend(
    @CurrentCaller() caller: Caller,
    @AccountId() accountId: string,
    @Param('id', { schema: id }) templateId: string,
    @Body({ schema: templateTestSendSchema }) body: z.output<typeof templateTestSendSchema>,
  ) {
    return this.testSends.queue(accountId, {
      templateId,
      listId: body.list_id,
      testAddressIds: body.test_address_ids,
      sandbox: isSandbox(caller),
    });
  }
}
