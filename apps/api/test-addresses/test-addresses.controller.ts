import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller, isSandbox } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { TestAddressesService } from './test-addresses.service.js';
import {
  newTestAddressSchema,
  testAddressPageSchema,
  testAddressQuerySchema,
  testAddressSchema,
} from './test-addresses.types.js';

@Controller('v1/test-addresses')
export class TestAddressesController {
  constructor(@Inject(TestAddressesService) private readonly testAddresses: TestAddressesService) {}

  @Post()
  @Operation({
    summary: 'Add a test address',
    description:
      'A mail asks the owner of the address; test sends go to it once the button in that mail was pressed. An address ' +
      'that is there already is answered as it is and, while it is not verified, asked again: at most once an hour and ' +
      'three times a day.',
    answer: testAddressSchema,
    status: 202,
    problems: ['conflict'],
  })
  add(
    @CurrentCaller() caller: Caller,
    @AccountId() accountId: string,
    @Body({ schema: newTestAddressSchema }) body: z.output<typeof newTestAddressSchema>,
  ) {
    return this.testAddresses.add(accountId, body.email, isSandbox(caller));
  }

  @Get()
  @Operation({ summary: 'List test addresses', answer: testAddressPageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: testAddressQuerySchema }) query: z.output<typeof testAddressQuerySchema>,
  ) {
    return this.testAddresses.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read a test address', answer: testAddressSchema })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) testAddressId: string) {
    return this.testAddresses.read(accountId, testAddressId);
  }

  @Delete(':id')
  @Operation({ summary: 'Delete a test address' })
  async remove(@AccountId() accountId: string, @Param('id', { schema: id }) testAddressId: string): Promise<void> {
    await this.testAddresses.remove(accountId, testAddressId);
  }
}
