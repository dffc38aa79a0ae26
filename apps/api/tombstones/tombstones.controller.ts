import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { TombstonesService } from './tombstones.service.js';
import {
  resubscribeSchema,
  resubscriptionAcceptedSchema,
  resubscriptionSchema,
  tombstoneSearchResultSchema,
  tombstoneSearchSchema,
} from './tombstones.types.js';

@Controller('v1')
export class TombstonesController {
  constructor(@Inject(TombstonesService) private readonly tombstones: TombstonesService) {}

  @Post('tombstones/search')
  @Operation({
    summary: 'Find the tombstones of one exact address or mobile number',
    description: 'The only way to find one: never listed, never by a part of it. Shows the living card too.',
    answer: tombstoneSearchResultSchema,
    status: 200,
  })
  search(
    @AccountId() accountId: string,
    @Body({ schema: tombstoneSearchSchema }) body: z.output<typeof tombstoneSearchSchema>,
  ) {
    return this.tombstones.search(accountId, body);
  }

  @Post('tombstones/:id/resubscribe')
  @Operation({
    summary: 'Offer an erased person the way back',
    description: 'Sends one mail to the typed address. The person must confirm; then a new card exists.',
    answer: resubscriptionAcceptedSchema,
    status: 202,
    idempotent: true,
    problems: ['tombstone_mismatch', 'resubscription_too_soon', 'conflict'],
  })
  resubscribe(
    @AccountId() accountId: string,
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: id }) tombstoneId: string,
    @Body({ schema: resubscribeSchema }) body: z.output<typeof resubscribeSchema>,
  ) {
    const sandbox = caller.kind === 'account' && caller.mode === 'test';
    return this.tombstones.resubscribe(accountId, tombstoneId, body, sandbox);
  }

  @Get('resubscriptions/:id')
  @Operation({ summary: 'Read a resubscription', answer: resubscriptionSchema })
  readResubscription(@AccountId() accountId: string, @Param('id', { schema: id }) resubscriptionId: string) {
    return this.tombstones.readResubscription(accountId, resubscriptionId);
  }
}
