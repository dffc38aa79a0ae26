import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Config } from '../../libs/config/config.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { BrandsModule } from './brands/brands.module.js';
import { HealthModule } from './health/health.module.js';
import { ListsModule } from './lists/lists.module.js';
import { PlatformModule } from './platform.module.js';

/** The nouns of the API: one folder, one module each. */
const nouns: Type[] = [HealthModule, AccountsModule, ApiKeysModule, BrandsModule, ListsModule];

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are made this way.
export class AppModule {
  static with(config: Config, more: Type[] = []): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(config), DiscoveryModule, ...nouns, ...more] };
  }
}
