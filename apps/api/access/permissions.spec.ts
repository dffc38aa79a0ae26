import { Controller, Get, Module, Post } from '@nestjs/common';
import { z } from 'zod';
import { createApp } from '../create-app.js';
import { Operation } from '../http/operation.js';
import { emailField } from '../http/sensitivity.js';
import { unconnected } from '../unconnected.js';
import { Access } from './access.js';
import type { Caller } from './caller.js';
import { accountRoles, type Permission, permissions } from './permissions.js';

const summary = 'Probe';

@Controller('v1/probe')
class ProbeController {
  @Get()
  @Operation({ summary, answer: z.object({ ok: z.boolean() }) })
  read() {
    return { ok: true };
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

@Controller('v1/undeclared')
class UndeclaredController {
  @Get()
  read() {
    return { everything: 'goes out' };
  }

  @Post()
  @Operation({ summary, answer: z.object({ email: emailField() }), idempotent: true })
  start() {
    return { email: 'a@b.example' };
  }
}

@Module({ controllers: [UndeclaredController] })
class UndeclaredModule {}

const probeRow: Permission = { method: 'GET', path: '/v1/probe', access: ['owner'], scope: 'account:read' };

describe('the table of permissions', () => {
  test('has a row for every route of the API', async () => {
    const app = await createApp(unconnected);
    await app.close();
  });

  test('has no row twice', () => {
    const names = permissions.map((row) => `${row.method} ${row.path}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('keeps the API from starting when a route has no row', async () => {
    await expect(createApp(unconnected, { modules: [ProbeModule] })).rejects.toThrow('GET /v1/probe has no row');
    const app = await createApp(unconnected, { modules: [ProbeModule], permissions: [probeRow] });
    await app.close();
  });

  test('keeps the API from starting when a row has no route', async () => {
    const starting = createApp(unconnected, { permissions: [probeRow] });
    await expect(starting).rejects.toThrow('GET /v1/probe has a row in access/permissions.ts and no route');
  });

  test('keeps the API from starting when a handler does not declare its answer, or stores a sensitive one', async () => {
    const rows: Permission[] = [
      { method: 'GET', path: '/v1/undeclared', access: 'public' },
      { method: 'POST', path: '/v1/undeclared', access: 'public' },
    ];
    const starting = createApp(unconnected, { modules: [UndeclaredModule], permissions: rows });
    await expect(starting).rejects.toThrow(/UndeclaredController.read has no @Operation\n.*start is idempotent/);
  });
});

const access = new Access(permissions);

function allowed(caller: Partial<Caller>, method: string, path: string): boolean {
  const given = { kind: 'account', scopes: [], mode: 'live', role: 'viewer', ...caller } as Caller;
  try {
    access.check(access.rowOf(method, path)!, given);
    return true;
  } catch {
    return false;
  }
}

describe('who may do what', () => {
  const operator = { kind: 'operator' } as const;
  const reads = permissions.filter((row) => row.access !== 'public' && row.method === 'GET');
  const writes = permissions.filter((row) => row.access !== 'public' && row.method !== 'GET');

  test('an operator creates accounts, reads contacts, and does nothing else inside an account', () => {
    const may = permissions
      .filter((row) => row.access !== 'public' && allowed(operator, row.method, row.path))
      .map((row) => `${row.method} ${row.path}`);
    expect(may).toEqual([
      'GET /metrics',
      'POST /v1/accounts',
      'GET /v1/accounts',
      'GET /v1/account',
      'GET /v1/contacts',
      'GET /v1/contacts/:id',
    ]);
  });

  test('nobody inside an account creates accounts or sees that there are others', () => {
    for (const role of accountRoles) {
      expect(allowed({ role }, 'POST', '/v1/accounts')).toBe(false);
      expect(allowed({ role }, 'GET', '/v1/accounts')).toBe(false);
    }
  });

  test('a viewer changes nothing', () => {
    expect(writes.filter((row) => allowed({ role: 'viewer' }, row.method, row.path))).toEqual([]);
  });

  test('an owner may do everything that an account may do', () => {
    const inAccount = [...reads, ...writes].filter((row) => 'scope' in row);
    expect(inAccount.filter((row) => !allowed({ role: 'owner' }, row.method, row.path))).toEqual([]);
  });

  test('a marketer sends campaigns but erases nobody; a privacy officer the other way round', () => {
    expect(allowed({ role: 'marketer' }, 'POST', '/v1/campaigns/:id/send')).toBe(true);
    expect(allowed({ role: 'marketer' }, 'POST', '/v1/erasures')).toBe(false);
    expect(allowed({ role: 'privacy_officer' }, 'POST', '/v1/erasures')).toBe(true);
    expect(allowed({ role: 'privacy_officer' }, 'POST', '/v1/campaigns/:id/send')).toBe(false);
  });

  test('scopes narrow a role and never widen it', () => {
    expect(allowed({ role: 'owner', scopes: ['contacts:read'] }, 'GET', '/v1/contacts')).toBe(true);
    expect(allowed({ role: 'owner', scopes: ['contacts:read'] }, 'PUT', '/v1/contacts')).toBe(false);
    expect(allowed({ role: 'marketer', scopes: ['erasures:write'] }, 'POST', '/v1/erasures')).toBe(false);
  });
});
