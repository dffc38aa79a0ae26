import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { SuppressionsService } from './suppressions.service.js';
import {
  newSuppressionSchema,
  suppressionPageSchema,
  suppressionQuerySchema,
  suppressionSchema,
  suppressionSearchSchema,
  suppressionsFoundSchema,
} from './suppressions.types.js';

@Controller('v1/suppressions')
export class SuppressionsController {
  constructor(@Inject(SuppressionsService) private readonly suppressions: SuppressionsService) {}

  @Post()
  @Operation({
    summary: 'Suppress an address',
    description:
      'Nothing is sent to it from then on, whatever its permissions say. One that exists is answered as it is.',
    answer: suppressionSchema,
    status: 201,
  })
  add(
    @AccountId() accountId: string,
    @Body({ schema: newSuppressionSchema }) body: z.output<typeof newSuppressionSchema>,
  ) {
    return this.suppressions.add(accountId, body);
  }

  @Get()
  @Operation({
    summary: 'List suppressions',
    description: 'Addresses are not kept; search for an exact one.',
    answer: suppressionPageSchema,
  })
  list(
    @AccountId() accountId: string,
    @Query({ schema: suppressionQuerySchema }) query: z.output<typeof suppressionQuerySchema>,
  ) {
    return this.suppressions.list(accountId, query);
  }

  @Post('search')
  @Operation({ summary: 'Find the suppressions of an exact address', answer: suppressionsFoundSchema })
  search(
    @AccountId() accountId: string,
    @Body({ schema: suppressionSearchSchema }) body: z.output<typeof suppressionSearchSchema>,
  ) {
    return this.suppressions.search(accountId, body);
  }

  @Get(':id')
  @Operation({ summary: 'Read a suppression', answer: suppressionSchema })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) suppressionId: string) {
    return this.suppressions.read(accountId, suppressionId);
  }

  @Delete(':id')
  @Operation({
    summary: 'Lift a suppression',
    description: 'Not one that came from a complaint.',
    problems: ['conflict'],
  })
  async remove(@AccountId() accountId: string, @Param('id', { schema: id }) suppressionId: string): Promise<void> {
    await this.suppressions.remove(accountId, suppressionId);
  }
}
