import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { BrandsService } from './brands.service.js';
import { brandChangeSchema, brandPageSchema, brandQuerySchema, brandSchema, newBrandSchema } from './brands.types.js';

@Controller('v1/brands')
export class BrandsController {
  constructor(@Inject(BrandsService) private readonly brands: BrandsService) {}

  @Post()
  @Operation({
    summary: 'Create a brand',
    answer: brandSchema,
    status: 201,
    versioned: 'read',
    problems: ['already_exists'],
  })
  create(@AccountId() accountId: string, @Body({ schema: newBrandSchema }) body: z.output<typeof newBrandSchema>) {
    return this.brands.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List brands', answer: brandPageSchema })
  list(@AccountId() accountId: string, @Query({ schema: brandQuerySchema }) query: z.output<typeof brandQuerySchema>) {
    return this.brands.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read a brand', answer: brandSchema, versioned: 'read' })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) brandId: string) {
    return this.brands.read(accountId, brandId);
  }

  @Patch(':id')
  @Operation({ summary: 'Change a brand', answer: brandSchema, versioned: 'write', problems: ['already_exists'] })
  change(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) brandId: string,
    @IfMatch() version: number,
    @Body({ schema: brandChangeSchema }) body: z.output<typeof brandChangeSchema>,
  ) {
    return this.brands.change(accountId, brandId, version, body);
  }
}
