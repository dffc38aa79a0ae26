import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Operation } from '../http/operation.js';
import { linkToken } from './address-parts.js';
import { type LinkPage, LinkPages } from './link-pages.service.js';
import { confirmedPage, confirmPage, rejectedPage, rejectPage } from './views/confirmation-pages.js';
import { expiredPage } from './views/refusal-pages.js';
import { visitorOf } from './visitor.js';

const produces = 'text/html; charset=utf-8';
const consumes = ['application/x-www-form-urlencoded', 'multipart/form-data'];
const bodyLimit = 16 * 1024;

/** A link that was ours and has run out: 410 Gone. */
const gone = 410;
const alternatives = { [gone]: 'The link was ours and has run out' };

/** The pages of a confirmation mail. Opening them changes nothing; their buttons do, and may be pressed twice. */
@Controller()
export class ConfirmationPagesController {
  constructor(@Inject(LinkPages) private readonly links: LinkPages) {}

  @Get('c/:token')
  @Operation({ summary: 'Page with the confirmation button', produces, alternatives, problems: ['link_invalid'] })
  async confirmation(
    @Param('token', { schema: linkToken }) token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const link = this.links.linkOf('c', token);
    const view = await this.links.view(link);
    if (view.state === 'over') return over(reply, view);
    if (view.state === 'done') return confirmedPage(view);
    return confirmPage({ ...view, action: `/c/${token}`, rejectUrl: this.links.rejectPath(link) });
  }

  @Post('c/:token')
  @Operation({ summary: 'Confirm', produces, consumes, bodyLimit, alternatives, problems: ['link_invalid'] })
  async confirm(
    @Param('token', { schema: linkToken }) token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const link = this.links.linkOf('c', token);
    const answer = await this.links.confirm(link, visitorOf(request));
    const view = await this.links.view(link);
    return answer === 'over' || view.state === 'over' ? over(reply, view) : confirmedPage(view);
  }

  @Get('n/:token')
  @Operation({ summary: 'Page with the button “this was not me”', produces, alternatives, problems: ['link_invalid'] })
  async rejection(
    @Param('token', { schema: linkToken }) token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const view = await this.links.view(this.links.linkOf('n', token));
    if (view.state === 'over') return over(reply, view);
    return view.state === 'done' ? rejectedPage(view) : rejectPage({ ...view, action: `/n/${token}` });
  }

  @Post('n/:token')
  @Operation({ summary: 'This was not me', produces, consumes, bodyLimit, alternatives, problems: ['link_invalid'] })
  async reject(
    @Param('token', { schema: linkToken }) token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const link = this.links.linkOf('n', token);
    // Read before: the button removes a test address, and with it whose page this is.
    const view = await this.links.view(link);
    const answer = await this.links.reject(link, visitorOf(request));
    return answer === 'over' || !view.brand ? over(reply, view) : rejectedPage({ ...view, brand: view.brand });
  }
}

function over(reply: FastifyReply, { brand, language }: Pick<LinkPage, 'brand' | 'language'>): string {
  reply.code(gone);
  return expiredPage({ brand, language });
}
