import { type CampaignEvent, type CampaignState, campaignTransitions } from '../domain/campaign.js';
import { DomainError } from '../domain/errors.js';
import { nextState } from '../domain/transition.js';
import type { Tx } from './database.js';

export async function lockCampaign(tx: Tx, campaignId: string) {
  await tx.$queryRaw`SELECT id FROM campaigns WHERE id = ${campaignId}::uuid FOR UPDATE`;
  return tx.campaign.findUnique({ where: { id: campaignId } });
}

/**
 * Moves a locked campaign on by the domain's table.
 * @throws DomainError conflict where its state does not accept the event
 */
export async function moveCampaign(
  tx: Tx,
  campaign: { id: string; state: string },
  event: CampaignEvent,
): Promise<CampaignState> {
  const state = nextState(campaignTransitions, campaign.state as CampaignState, event);
  if (!state) throw new DomainError('conflict', `a campaign that is ${campaign.state} cannot ${event}`);
  const now = new Date();
  await tx.campaign.update({
    where: { id: campaign.id },
    data: {
      state,
      version: { increment: 1 },
      ...(event === 'send' || event === 'freeze' ? { startedAt: now } : {}),
      ...(event === 'open' ? { frozenAt: now } : {}),
      ...(state === 'cancelled' || state === 'finished' ? { endedAt: now } : {}),
    },
  });
  return state;
}

/**
 * Writes one shard of a list's contacts to the ledger in one statement; repeated, it adds nothing. Those who
 * unsubscribed are written too: the ledger then says why they were skipped. Everything else about eligibility is decided
 * at the moment of sending. Shards cut by a hash of the id, so that histories hold numbers and no contact ids.
 */
export async function freezeShard(
  tx: Tx,
  campaign: {
    id: string;
    accountId: string;
    listId: string;
    templateId: string;
    templateVersion: number;
    sandbox: boolean;
  },
  shard: number,
  shards: number,
): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO deliveries (account_id, lane, kind, dedupe_key, campaign_id, list_id, contact_id, template_id, template_version, sandbox)
    SELECT ${campaign.accountId}::uuid, 'campaign', 'campaign', 'campaign:' || ${campaign.id} || ':' || contact_id,
           ${campaign.id}::uuid, list_id, contact_id, ${campaign.templateId}::uuid, ${campaign.templateVersion}, ${campaign.sandbox}
    FROM subscriptions
    WHERE list_id = ${campaign.listId}::uuid AND status IN ('subscribed', 'unsubscribed')
      AND mod(abs(hashtext(contact_id::text)::bigint), ${shards}) = ${shard}
    ON CONFLICT (account_id, dedupe_key) DO NOTHING`;
}

/** Settles what a cancelled campaign has not handed over. */
export async function skipRemaining(tx: Tx, campaignId: string): Promise<number> {
  return tx.$executeRaw`
    UPDATE deliveries SET state = 'skipped', skip_reason = 'campaign_cancelled', settled_at = now()
    WHERE campaign_id = ${campaignId}::uuid AND kind = 'campaign' AND state IN ('queued', 'deferred')`;
}
