import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import { AccountId, type Caller, CurrentCaller, isSandbox } from '../access/caller.js';
import { id } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { CampaignControlService } from './campaign-control.service.js';
import { campaignStateSchema, emptySchema } from './campaigns.types.js';

@Controller('v1/campaigns')
export class CampaignControlController {
  constructor(@Inject(CampaignControlService) private readonly control: CampaignControlService) {}

  @Post(':id/send')
  @Operation({
    summary: 'Send a campaign, now or at its time',
    description:
      'Pins the current version of its template. A refusal names everything that stands against sending. Each recipient ' +
      'is checked again at the moment of sending.',
    answer: campaignStateSchema,
    status: 202,
    idempotent: true,
    problems: ['campaign_not_ready', 'conflict'],
  })
  send(
    @CurrentCaller() caller: Caller,
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: emptySchema }) _body: unknown,
  ) {
    return this.control.send(accountId, campaignId, isSandbox(caller));
  }

  @Post(':id/pause')
  @Operation({
    summary: 'Pause a campaign that is being sent',
    description: 'Messages that are being handed over at this moment still go out.',
    answer: campaignStateSchema,
    status: 202,
    idempotent: true,
    problems: ['conflict'],
  })
  pause(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: emptySchema }) _body: unknown,
  ) {
    return this.control.move(accountId, campaignId, 'pause');
  }

  @Post(':id/resume')
  @Operation({
    summary: 'Resume a paused campaign',
    answer: campaignStateSchema,
    status: 202,
    idempotent: true,
    problems: ['conflict'],
  })
  resume(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: emptySchema }) _body: unknown,
  ) {
    return this.control.move(accountId, campaignId, 'resume');
  }

  @Post(':id/cancel')
  @Operation({
    summary: 'Cancel a campaign for good',
    description: 'What was not handed over is skipped. A draft has nothing to cancel.',
    answer: campaignStateSchema,
    status: 202,
    idempotent: true,
    problems: ['conflict'],
  })
  cancel(
    @AccountId() accountId: string,
    @Param('id', { schema: id }) campaignId: string,
    @Body({ schema: emptySchema }) _body: unknown,
  ) {
    return this.control.move(accountId, campaignId, 'cancel');
  }
}
