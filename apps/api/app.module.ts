import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Config } from '../../libs/config/config.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { ApiKeysModule } from './api-keys/api-keys.module.js';
import { BrandsModule } from './brands/brands.module.js';
import { CampaignsModule } from './campaigns/campaigns.module.js';
import { ContactsModule } from './contacts/contacts.module.js';
import { ErasuresModule } from './erasures/erasures.module.js';
import { FormsModule } from './forms/forms.module.js';
import { HealthModule } from './health/health.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { ListsModule } from './lists/lists.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OptInsModule } from './opt-ins/opt-ins.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PlatformModule } from './platform.module.js';
import { SuppressionsModule } from './suppressions/suppressions.module.js';
import { TemplatesModule } from './templates/templates.module.js';
import { TestAddressesModule } from './test-addresses/test-addresses.module.js';
import { TombstonesModule } from './tombstones/tombstones.module.js';

/**
 * The nouns of the API: one folder, one module each. To add one (see `brands` for the pattern):
 * 1. `<noun>.types.ts`: zod types with `.meta({ id: 'Name' })`. Requests are `z.strictObject` of the building blocks in
 *    http/fields.ts (`text`, `paragraphs`, `id`, …) and http/email.ts; answers are `z.object` in snake_case, with
 *    `emailField()`, `mobileField()`, `personal(…)` of http/sensitivity.ts for what operator's staff must not see. A list
 *    has `pageQuery([sorts], filters)` and `pageOf(item)` of http/page.ts.
 * 2. `<noun>.service.ts`: `db.forAccount(accountId, (tx) => …)`; `found(row)` for 404, DomainError for refusals,
 *    `sliceOf` and `toPage` for lists, `changedOne` for updates of a version, `camelKeys(body)` from names of the API to
 *    names of columns. Return the row as it is: the serializer reads `sender_name` from `senderName`, makes dates ISO
 *    8601, and lets out what the answer's type declares.
 * 3. `<noun>.controller.ts`: `@Controller('v1/<noun>')`; each handler has `@Operation({ summary, answer, status, problems,
 *    versioned, idempotent, consumes, bodyLimit, produces })` and takes `@AccountId()` or `@CurrentCaller()`, `@Body({
 *    schema })`, `@Query({ schema })`, `@Param('id', { schema: id })`, `@IfMatch()`. Types and schemas stand in one name.
 * 4. A row in access/permissions.ts for each route, and the module in the list below.
 * Pages for people have `produces: 'text/html; charset=utf-8'`; what they refuse becomes a page too (pages/page-answers.ts).
 */
const nouns: Type[] = [
  HealthModule,
  MetricsModule,
  AccountsModule,
  ApiKeysModule,
  BrandsModule,
  ListsModule,
  OptInsModule,
  ErasuresModule,
  TombstonesModule,
  FormsModule,
  ContactsModule,
  ImportsModule,
  PagesModule,
  CampaignsModule,
  SuppressionsModule,
  TemplatesModule,
  TestAddressesModule,
];

@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's dynamic modules are made this way.
export class AppModule {
  static with(config: Config, more: Type[] = []): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(config), DiscoveryModule, ...nouns, ...more] };
  }
}
