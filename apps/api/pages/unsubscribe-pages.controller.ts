import { Body, Controller, Get, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';
import { Operation } from '../http/operation.js';
import { linkToken } from './address-parts.js';
import { LinkPages } from './link-pages.service.js';
import type { UnsubscribeScope } from './views/unsubscribe-pages.js';
import { unsubscribedPage, unsubscribePage } from './views/unsubscribe-pages.js';
import { visitorOf } from './visitor.js';

const produces = 'text/html; charset=utf-8';

/** Unsubscribing (P12): by the page's buttons, or by the mail client's own button (RFC 8058). */
@Controller('u')
export class UnsubscribePagesController {
  constructor(@Inject(LinkPages) private readonly links: LinkPages) {}

  @Get(':token')
  @Operation({ summary: 'Page with the unsubscribe buttons', produces, problems: ['link_invalid'] })
  async show(@Param('token', { schema: linkToken }) token: string): Promise<string> {
    const view = await this.links.unsubscribeView(this.links.linkOf('u', token));
    return unsubscribePage({ ...view, action: `/u/${token}`, offerAll: true });
  }

  @Post(':token')
  @Operation({
    summary: 'Unsubscribe',
    description:
      'Takes `scope` (`list` or `all`), or `List-Unsubscribe=One-Click` (RFC 8058, 3.1), which ends the list of the message. No redirect, no cookie; repeating it answers the same.',
    produces,
    consumes: ['application/x-www-form-urlencoded', 'multipart/form-data'],
    bodyLimit: 16 * 1024,
    problems: ['link_invalid', 'validation_failed'],
  })
  async unsubscribe(
    @Param('token', { schema: linkToken }) token: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    const link = this.links.linkOf('u', token);
    const scope = scopeOf(body);
    const view = await this.links.unsubscribe(link, scope, visitorOf(request));
    return unsubscribedPage({ ...view, scope, resubscribeHint: true });
  }
}

/** @throws DomainError validation_failed for a body that says neither */
function scopeOf(body: unknown): UnsubscribeScope {
  const fields = (body ?? {}) as Record<string, unknown>;
  if (fields['List-Unsubscribe'] === 'One-Click') return 'list';
  if (fields.scope === 'list' || fields.scope === 'all') return fields.scope;
  throw new DomainError('validation_failed', undefined, [{ pointer: '/scope', detail: 'must be list or all' }]);
}
