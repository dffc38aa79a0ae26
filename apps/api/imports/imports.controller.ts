import type { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '../../../libs/domain/errors.js';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { maxFileBytes } from './csv-file.js';
import { ImportsService } from './imports.service.js';
import {
  importPageSchema,
  importQuerySchema,
  importRefusalPageSchema,
  importRefusalQuerySchema,
  importSchema,
  newImportSchema,
} from './imports.types.js';

@Controller('v1/imports')
export class ImportsController {
  constructor(@Inject(ImportsService) private readonly imports: ImportsService) {}

  @Post()
  @Operation({
    summary: 'Announce an import of pre-verified contacts',
    description: 'Says where, when and with which words the people of the file consented. The file follows by PUT.',
    answer: importSchema,
    status: 201,
  })
  create(@AccountId() accountId: string, @Body({ schema: newImportSchema }) body: z.output<typeof newImportSchema>) {
    return this.imports.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List imports', answer: importPageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: importQuerySchema }) query: z.output<typeof importQuerySchema>,
  ) {
    return this.imports.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read an import', answer: importSchema })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) importId: string) {
    return this.imports.read(accountId, importId);
  }

  @Put(':id/file')
  @ApiBody({ required: true, schema: { type: 'string' } })
  @Operation({
    summary: 'Import a CSV file',
    description:
      'UTF-8, separated by commas or semicolons, at most 20 MiB and 100,000 rows. The first row names the columns: `email`, and any of `first_name`, `last_name`, `language`, `time_zone`, `mobile`, `external_id`, `consent_at`, `consent_ip`. Nobody who unsubscribed, objected, is restricted, suppressed or erased is turned back. All of it comes in or, where something breaks, nothing.',
    answer: importSchema,
    consumes: ['text/csv'],
    bodyLimit: maxFileBytes,
    problems: ['conflict', 'malformed_body', 'payload_too_large', 'validation_failed'],
  })
  async takeFile(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) importId: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: Readable | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!body) throw new DomainError('unsupported_media_type', 'accepted: text/csv');
    const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType ?? '')?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
      throw new DomainError('unsupported_media_type', 'the file must be in UTF-8');
    }
    try {
      return await this.imports.takeFile(accountId, importId, body);
    } catch (error) {
      // What is left of a file that was read in part would be taken for the next request of its connection.
      if (!body.readableEnded) reply.header('connection', 'close');
      body.resume();
      throw error;
    }
  }

  @Get(':id/refusals')
  @Operation({ summary: 'List the refused rows of an import', answer: importRefusalPageSchema })
  refusals(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) importId: string,
    @Query({ schema: importRefusalQuerySchema }) query: z.output<typeof importRefusalQuerySchema>,
  ) {
    return this.imports.refusals(accountId, importId, query);
  }
}
