import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/**
 * The search attributes of Assent's workflows, registered at start-up, so that operators can filter. They are not
 * encrypted (decision 1), so they hold ids and codes only.
 */
export const accountIdAttribute = defineSearchAttributeKey('AccountId', SearchAttributeType.KEYWORD);
export const contactIdAttribute = defineSearchAttributeKey('ContactId', SearchAttributeType.KEYWORD);
export const campaignIdAttribute = defineSearchAttributeKey('CampaignId', SearchAttributeType.KEYWORD);
export const statusAttribute = defineSearchAttributeKey('Status', SearchAttributeType.KEYWORD);
