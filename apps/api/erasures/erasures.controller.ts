import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { ErasuresService } from './erasures.service.js';
import {
  erasureAcceptedSchema,
  erasurePageSchema,
  erasureQuerySchema,
  erasureSchema,
  newErasureSchema,
} from './erasures.types.js';

@Controller('v1/erasures')
export class ErasuresController {
  constructor(@Inject(ErasuresService) private readonly erasures: ErasuresService) {}

  @Post()
  @Operation({
    summary: 'Erase a contact',
    description:
      'The card is hidden and its address blocked at once; the rest is done by a durable workflow that ends with a certificate. What stays is the tombstone: evidence of permission in restricted retention.',
    answer: erasureAcceptedSchema,
    status: 202,
    idempotent: true,
    problems: ['not_found'],
  })
  request(@AccountId() accountId: string, @Body({ schema: newErasureSchema }) body: z.output<typeof newErasureSchema>) {
    return this.erasures.request(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List erasures', answer: erasurePageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: erasureQuerySchema }) query: z.output<typeof erasureQuerySchema>,
  ) {
    return this.erasures.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read an erasure with its certificate', answer: erasureSchema })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) erasureId: string) {
    return this.erasures.read(accountId, erasureId);
  }
}
