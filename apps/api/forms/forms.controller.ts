import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { FormsService } from './forms.service.js';
import {
  formChangeSchema,
  formPageSchema,
  formQuerySchema,
  formSchema,
  formVersionSchema,
  newFormSchema,
} from './forms.types.js';

@Controller('v1/forms')
export class FormsController {
  constructor(@Inject(FormsService) private readonly forms: FormsService) {}

  @Post()
  @Operation({ summary: 'Create the draft of a form', answer: formSchema, status: 201, versioned: 'read' })
  create(@AccountId() accountId: string, @Body({ schema: newFormSchema }) body: z.output<typeof newFormSchema>) {
    return this.forms.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List forms', answer: formPageSchema })
  list(@AccountId() accountId: string, @Query({ schema: formQuerySchema }) query: z.output<typeof formQuerySchema>) {
    return this.forms.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read a form and its draft', answer: formSchema, versioned: 'read' })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) formId: string) {
    return this.forms.read(accountId, formId);
  }

  @Patch(':id')
  @Operation({
    summary: 'Change the draft of a form',
    description: '`languages` and `fields` are replaced as a whole. People see the change once it is published.',
    answer: formSchema,
    versioned: 'write',
  })
  change(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) formId: string,
    @IfMatch() version: number,
    @Body({ schema: formChangeSchema }) body: z.output<typeof formChangeSchema>,
  ) {
    return this.forms.change(accountId, formId, version, body);
  }

  @Post(':id/publish')
  @Operation({
    summary: 'Publish the draft of a form',
    description:
      'Makes an immutable version of the draft with the controller, postal address and privacy notice of the brand as they are now, and shows it at `url`.',
    answer: formVersionSchema,
    status: 201,
    problems: ['form_incomplete', 'conflict'],
  })
  publish(@AccountId() accountId: string, @Param('id', { schema: id }) formId: string) {
    return this.forms.publish(accountId, formId);
  }
}
