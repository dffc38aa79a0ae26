import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AccountId, type Caller, CurrentCaller } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { ApiKeysService } from './api-keys.service.js';
import {
  apiKeyPageSchema,
  apiKeyQuerySchema,
  apiKeySchema,
  createdApiKeySchema,
  newApiKeySchema,
} from './api-keys.types.js';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(@Inject(ApiKeysService) private readonly keys: ApiKeysService) {}

  @Post()
  @Operation({ summary: 'Create an API key; its secret is shown once', answer: createdApiKeySchema, status: 201 })
  create(@CurrentCaller() caller: Caller, @Body({ schema: newApiKeySchema }) body: z.output<typeof newApiKeySchema>) {
    return this.keys.create(caller, body);
  }

  @Get()
  @Operation({ summary: 'List API keys, revoked ones too', answer: apiKeyPageSchema })
  list(
    @AccountId() accountId: string,
    @Query({ schema: apiKeyQuerySchema }) query: z.output<typeof apiKeyQuerySchema>,
  ) {
    return this.keys.list(accountId, query);
  }

  @Get(':id')
  @Operation({ summary: 'Read an API key', answer: apiKeySchema })
  read(@AccountId() accountId: string, @Param('id', { schema: id }) keyId: string) {
    return this.keys.read(accountId, keyId);
  }

  @Delete(':id')
  @Operation({
    summary: 'Revoke an API key',
    description: 'It stops working within 3 seconds. Revoking it again changes nothing.',
    problems: ['conflict'],
  })
  async revoke(@AccountId() accountId: string, @Param('id', { schema: id }) keyId: string): Promise<void> {
    await this.keys.revoke(accountId, keyId);
  }
}
