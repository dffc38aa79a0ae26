import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId } from '../access/caller.js';
import { Operation } from '../http/operation.js';
import { AccountsService } from './accounts.service.js';
import {
  accountPageSchema,
  accountQuerySchema,
  accountSchema,
  createdAccountSchema,
  newAccountSchema,
} from './accounts.types.js';

@Controller('v1')
export class AccountsController {
  constructor(@Inject(AccountsService) private readonly accounts: AccountsService) {}

  @Post('accounts')
  @Operation({ summary: 'Create an account and its first owner key', answer: createdAccountSchema, status: 201 })
  create(@Body({ schema: newAccountSchema }) body: z.output<typeof newAccountSchema>) {
    return this.accounts.create(body);
  }

  @Get('accounts')
  @Operation({ summary: 'List accounts', answer: accountPageSchema })
  list(@Query({ schema: accountQuerySchema }) query: z.output<typeof accountQuerySchema>) {
    return this.accounts.list(query);
  }

  @Get('account')
  @Operation({ summary: 'Read the account of the key', answer: accountSchema, problems: ['not_found'] })
  read(@AccountId() accountId: string) {
    return this.accounts.read(accountId);
  }
}
