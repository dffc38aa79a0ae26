import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Permission } from '../../apps/api/access/permissions.js';
import { id, text } from '../../apps/api/http/fields.js';
import { Operation } from '../../apps/api/http/operation.js';
import { emailField, mobileField, personal } from '../../apps/api/http/sensitivity.js';
import { DomainError } from '../../libs/domain/errors.js';

/** A noun of the specs: what the skeleton promises about answers and repeats, without the rules of a real noun. */

const personSchema = z.object({
  id,
  email: emailField(),
  mobile: mobileField(),
  first_name: personal(z.string()),
  evidence: z.array(z.object({ ip: personal(z.string()) })),
});

const startSchema = z.strictObject({ what: text(40), note: text(40).optional() });
const startedSchema = z.object({ id: z.string(), number: z.int() });

/** What was started, in order; `gate` holds a start back until it is opened. */
export const started: string[] = [];
export const gate = { open: Promise.resolve() };

@Controller('v1/probe')
class ProbeController {
  @Get('people/:id')
  @Operation({ summary: 'A person', answer: personSchema })
  person(@Param('id', { schema: id }) personId: string) {
    return {
      id: personId,
      email: 'anna.berg@example.com',
      mobile: '+46701234567',
      firstName: 'Anna',
      evidence: [{ ip: '192.0.2.7' }],
      internalNote: 'never shown',
    };
  }

  @Post('starts')
  @Operation({ summary: 'Start something', answer: startedSchema, status: 202, idempotent: true })
  async start(@Body({ schema: startSchema }) body: z.output<typeof startSchema>) {
    await gate.open;
    if (body.what === 'refuse') throw new DomainError('conflict');
    if (body.what === 'break') throw new Error('anna.berg@example.com is in this message');
    started.push(body.what);
    return { id: `start-${started.length}`, number: started.length };
  }

  @Get('broken')
  @Operation({ summary: 'An answer without what it promises', answer: startedSchema })
  broken() {
    return { id: 'secret-value' };
  }
}

@Module({ controllers: [ProbeController] })
export class ProbeModule {}

export const probePermissions: Permission[] = [
  {
    method: 'GET',
    path: '/v1/probe/people/:id',
    access: ['owner', 'marketer', 'privacy_officer', 'viewer', 'operator'],
    scope: 'contacts:read',
  },
  { method: 'POST', path: '/v1/probe/starts', access: ['owner', 'marketer'], scope: 'campaigns:send' },
  { method: 'GET', path: '/v1/probe/broken', access: ['owner'], scope: 'contacts:read' },
];
