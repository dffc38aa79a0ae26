/** What a key may be in its account. `operator` is whoever runs Assent: it sees contacts masked only (P20). */
export const accountRoles = ['owner', 'marketer', 'privacy_officer', 'viewer'] as const;
export type AccountRole = (typeof accountRoles)[number];
export type Role = AccountRole | 'operator';

/** A key may be narrowed to some of these; without any it may do all that its role may do. */
export const scopes = [
  'account:read',
  'api_keys:read',
  'api_keys:write',
  'brands:read',
  'brands:write',
  'lists:read',
  'lists:write',
  'forms:read',
  'forms:write',
  'contacts:read',
  'contacts:write',
  'imports:read',
  'imports:write',
  'templates:read',
  'templates:write',
  'test_addresses:read',
  'test_addresses:write',
  'campaigns:read',
  'campaigns:write',
  'campaigns:send',
  'suppressions:read',
  'suppressions:write',
  'erasures:read',
  'erasures:write',
  'tombstones:read',
  'tombstones:resubscribe',
] as const;
export type Scope = (typeof scopes)[number];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `public`: no key is asked for. `operator` rows have no scope: operators' keys are not narrowed. */
export type Permission = { method: Method; path: string } & (
  | { access: 'public' }
  | { access: readonly Role[]; scope: Scope }
  /** `local`: without a key as well, from the machine itself. */
  | { access: readonly ['operator']; local?: true }
);

const all = accountRoles;
const allAndOperator = [...accountRoles, 'operator'] as const;
const owner = ['owner'] as const;
const staff = ['owner', 'marketer'] as const;
const anyWriter = ['owner', 'marketer', 'privacy_officer'] as const;
const privacy = ['owner', 'privacy_officer'] as const;
const operator = ['operator'] as const;

/**
 * The permissions of the API: route × role (decision 11). A route without a row keeps the application from starting.
 * HEAD is allowed where GET is.
 */
export const permissions: readonly Permission[] = [
  { method: 'GET', path: '/healthz', access: 'public' },
  { method: 'GET', path: '/readyz', access: 'public' },
  // Counts over all accounts, without ids.
  { method: 'GET', path: '/metrics', access: operator, local: true },
  { method: 'GET', path: '/openapi.json', access: 'public' },
  { method: 'GET', path: '/docs', access: 'public' },
  { method: 'GET', path: '/docs/:file', access: 'public' },

  // Pages for people: the link or the form's key is the permission.
  { method: 'GET', path: '/f/:formKey', access: 'public' },
  { method: 'POST', path: '/f/:formKey', access: 'public' },
  { method: 'GET', path: '/c/:token', access: 'public' },
  { method: 'POST', path: '/c/:token', access: 'public' },
  { method: 'GET', path: '/n/:token', access: 'public' },
  { method: 'POST', path: '/n/:token', access: 'public' },
  { method: 'GET', path: '/u/:token', access: 'public' },
  { method: 'POST', path: '/u/:token', access: 'public' },
  { method: 'GET', path: '/assets/pages.css', access: 'public' },
  { method: 'GET', path: '/assets/brand/:file', access: 'public' },

  { method: 'POST', path: '/v1/accounts', access: operator },
  { method: 'GET', path: '/v1/accounts', access: operator },
  { method: 'GET', path: '/v1/account', access: allAndOperator, scope: 'account:read' },

  { method: 'POST', path: '/v1/api-keys', access: owner, scope: 'api_keys:write' },
  { method: 'GET', path: '/v1/api-keys', access: owner, scope: 'api_keys:read' },
  { method: 'GET', path: '/v1/api-keys/:id', access: owner, scope: 'api_keys:read' },
  { method: 'DELETE', path: '/v1/api-keys/:id', access: owner, scope: 'api_keys:write' },

  { method: 'POST', path: '/v1/brands', access: staff, scope: 'brands:write' },
  { method: 'GET', path: '/v1/brands', access: all, scope: 'brands:read' },
  { method: 'GET', path: '/v1/brands/:id', access: all, scope: 'brands:read' },
  { method: 'PATCH', path: '/v1/brands/:id', access: staff, scope: 'brands:write' },

  { method: 'POST', path: '/v1/lists', access: staff, scope: 'lists:write' },
  { method: 'GET', path: '/v1/lists', access: all, scope: 'lists:read' },
  { method: 'GET', path: '/v1/lists/:id', access: all, scope: 'lists:read' },
  { method: 'PATCH', path: '/v1/lists/:id', access: staff, scope: 'lists:write' },

  { method: 'POST', path: '/v1/forms', access: staff, scope: 'forms:write' },
  { method: 'GET', path: '/v1/forms', access: all, scope: 'forms:read' },
  { method: 'GET', path: '/v1/forms/:id', access: all, scope: 'forms:read' },
  { method: 'PATCH', path: '/v1/forms/:id', access: staff, scope: 'forms:write' },
  { method: 'POST', path: '/v1/forms/:id/publish', access: staff, scope: 'forms:write' },

  { method: 'PUT', path: '/v1/contacts', access: anyWriter, scope: 'contacts:write' },
  { method: 'GET', path: '/v1/contacts', access: allAndOperator, scope: 'contacts:read' },
  { method: 'GET', path: '/v1/contacts/:id', access: allAndOperator, scope: 'contacts:read' },
  { method: 'POST', path: '/v1/contacts/search', access: anyWriter, scope: 'contacts:read' },
  { method: 'PATCH', path: '/v1/contacts/:id', access: anyWriter, scope: 'contacts:write' },
  { method: 'GET', path: '/v1/contacts/:id/evidence', access: privacy, scope: 'contacts:read' },
  { method: 'POST', path: '/v1/contacts/:id/unsubscribe', access: anyWriter, scope: 'contacts:write' },

  { method: 'POST', path: '/v1/imports', access: staff, scope: 'imports:write' },
  { method: 'GET', path: '/v1/imports', access: all, scope: 'imports:read' },
  { method: 'GET', path: '/v1/imports/:id', access: all, scope: 'imports:read' },
  { method: 'PUT', path: '/v1/imports/:id/file', access: staff, scope: 'imports:write' },
  { method: 'GET', path: '/v1/imports/:id/refusals', access: all, scope: 'imports:read' },

  { method: 'POST', path: '/v1/templates', access: staff, scope: 'templates:write' },
  { method: 'GET', path: '/v1/templates', access: all, scope: 'templates:read' },
  { method: 'GET', path: '/v1/templates/:id', access: all, scope: 'templates:read' },
  { method: 'PUT', path: '/v1/templates/:id', access: staff, scope: 'templates:write' },
  { method: 'POST', path: '/v1/templates/:id/preview', access: staff, scope: 'templates:read' },
  { method: 'POST', path: '/v1/templates/:id/test-send', access: staff, scope: 'templates:write' },

  { method: 'POST', path: '/v1/test-addresses', access: staff, scope: 'test_addresses:write' },
  { method: 'GET', path: '/v1/test-addresses', access: all, scope: 'test_addresses:read' },
  { method: 'GET', path: '/v1/test-addresses/:id', access: all, scope: 'test_addresses:read' },
  { method: 'DELETE', path: '/v1/test-addresses/:id', access: staff, scope: 'test_addresses:write' },

  { method: 'POST', path: '/v1/campaigns', access: staff, scope: 'campaigns:write' },
  { method: 'GET', path: '/v1/campaigns', access: all, scope: 'campaigns:read' },
  { method: 'GET', path: '/v1/campaigns/:id', access: all, scope: 'campaigns:read' },
  { method: 'PATCH', path: '/v1/campaigns/:id', access: staff, scope: 'campaigns:write' },
  { method: 'POST', path: '/v1/campaigns/:id/preview', access: staff, scope: 'campaigns:read' },
  { method: 'POST', path: '/v1/campaigns/:id/test-send', access: staff, scope: 'campaigns:write' },
  { method: 'POST', path: '/v1/campaigns/:id/send', access: staff, scope: 'campaigns:send' },
  { method: 'POST', path: '/v1/campaigns/:id/pause', access: staff, scope: 'campaigns:send' },
  { method: 'POST', path: '/v1/campaigns/:id/resume', access: staff, scope: 'campaigns:send' },
  { method: 'POST', path: '/v1/campaigns/:id/cancel', access: staff, scope: 'campaigns:send' },
  { method: 'GET', path: '/v1/campaigns/:id/report', access: all, scope: 'campaigns:read' },
  { method: 'GET', path: '/v1/campaigns/:id/deliveries', access: all, scope: 'campaigns:read' },

  { method: 'POST', path: '/v1/suppressions', access: anyWriter, scope: 'suppressions:write' },
  { method: 'GET', path: '/v1/suppressions', access: all, scope: 'suppressions:read' },
  { method: 'POST', path: '/v1/suppressions/search', access: anyWriter, scope: 'suppressions:read' },
  { method: 'GET', path: '/v1/suppressions/:id', access: all, scope: 'suppressions:read' },
  { method: 'DELETE', path: '/v1/suppressions/:id', access: anyWriter, scope: 'suppressions:write' },

  { method: 'POST', path: '/v1/erasures', access: privacy, scope: 'erasures:write' },
  { method: 'GET', path: '/v1/erasures', access: privacy, scope: 'erasures:read' },
  { method: 'GET', path: '/v1/erasures/:id', access: privacy, scope: 'erasures:read' },
  { method: 'POST', path: '/v1/tombstones/search', access: privacy, scope: 'tombstones:read' },
  { method: 'POST', path: '/v1/tombstones/:id/resubscribe', access: privacy, scope: 'tombstones:resubscribe' },
  { method: 'GET', path: '/v1/resubscriptions/:id', access: privacy, scope: 'tombstones:read' },
];
