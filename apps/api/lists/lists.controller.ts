import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { IfMatch } from '../http/version.js';
import { ListsService } from './lists.service.js';
import { listChangeSchema, listPageSchema, listQuerySchema, listSchema, newListSchema } from './lists.types.js';

@Controller('v1/lists')
export class ListsController {
  constructor(@Inject(ListsService) private readonly lists: ListsService) {}

  @Post()
  @Operation({
    summary: 'Create a list',
    answer: listSchema,
    status: 201,
    versioned: 'read',
    problems: ['already_exists'],
  })
  create(@AccountId() accountId: string, @Body({ schema: newListSchema }) body: z.output<typeof newListSchema>) {
    return this.lists.create(accountId, body);
  }

  @Get()
  @Operation({ summary: 'List lists', answer: listPageSchema })
  list(@AccountId() accountId: string, @Query({ schema: listQuerySchema }) query: z.output<typeof listQuerySchema>) {
    return this.lists.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read a list', answer: listSchema, versioned: 'read' })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) listId: string) {
    return this.lists.read(accountId, listId);
  }

  @Patch(':id')
  @Operation({ summary: 'Change a list', answer: listSchema, versioned: 'write', problems: ['already_exists'] })
  change(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) listId: string,
    @IfMatch() version: number,
    @Body({ schema: listChangeSchema }) body: z.output<typeof listChangeSchema>,
  ) {
    return this.lists.change(accountId, listId, version, body);
  }
}
