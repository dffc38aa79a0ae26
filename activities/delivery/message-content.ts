import type { Tx } from '../../libs/db/database.js';
import type { ClaimedDelivery } from '../../libs/db/deliveries.js';

/** The rows that the messages of a chunk are made from, each loaded once. */
export interface MessageContent {
  accountName: string;
  lists: Map<string, ListContent>;
  campaigns: Map<string, { name: string }>;
  templates: Map<string, { subject: string; body: string }>;
  optIns: Map<string, { language: string }>;
  resubscriptions: Map<string, { language: string; listIds: string[]; pendingSealed: Uint8Array | null }>;
  testAddresses: Map<string, { addressSealed: Uint8Array }>;
  /** The brand that speaks where a message belongs to no list: the account's first. */
  firstBrand: BrandContent | null;
  brandOfTemplate: Map<string, BrandContent>;
}

export interface BrandContent {
  id: string;
  name: string;
  color: string;
  senderName: string;
  senderEmail: string;
  controller: string | null;
  postalAddress: string | null;
  privacyNoticeUrl: string | null;
  language: string;
  version: number;
}

export interface ListContent {
  name: string;
  brand: BrandContent;
}

export function templateKey(templateId: string, version: number): string {
  return `${templateId}/${version}`;
}

/** Loads what a chunk of claimed rows of one account needs. */
export async function loadContent(tx: Tx, accountId: string, rows: ClaimedDelivery[]): Promise<MessageContent> {
  const idsOf = (pick: (row: ClaimedDelivery) => string | null) => [...new Set(rows.flatMap((row) => pick(row) ?? []))];
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId }, select: { name: true } });
  const resubscriptions = await tx.resubscription.findMany({
    where: { id: { in: idsOf((row) => row.resubscriptionId) } },
    select: { id: true, language: true, listIds: true, pendingSealed: true },
  });
  const listIds = [...idsOf((row) => row.listId), ...resubscriptions.flatMap((row) => row.listIds)];
  const lists = await tx.list.findMany({ where: { id: { in: listIds } }, include: { brand: true } });
  const campaigns = await tx.campaign.findMany({
    where: { id: { in: idsOf((row) => row.campaignId) } },
    select: { id: true, name: true },
  });
  const optIns = await tx.optIn.findMany({
    where: { id: { in: idsOf((row) => row.optInId) } },
    select: { id: true, language: true },
  });
  const testAddresses = await tx.testAddress.findMany({
    where: { id: { in: idsOf((row) => row.testAddressId) } },
    select: { id: true, addressSealed: true },
  });
  const templateIds = idsOf((row) => row.templateId);
  const versions = await tx.templateVersion.findMany({
    where: { templateId: { in: templateIds } },
    select: { templateId: true, number: true, subject: true, body: true },
  });
  const templates = await tx.template.findMany({ where: { id: { in: templateIds } }, include: { brand: true } });
  const firstBrand = await tx.brand.findFirst({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  const byId = <Row extends { id: string }>(found: Row[]) => new Map(found.map((row) => [row.id, row]));
  return {
    accountName: account.name,
    lists: byId(lists),
    campaigns: byId(campaigns),
    templates: new Map(versions.map((row) => [templateKey(row.templateId, row.number), row])),
    optIns: byId(optIns),
    resubscriptions: byId(resubscriptions),
    testAddresses: byId(testAddresses),
    firstBrand,
    brandOfTemplate: new Map(templates.map((row) => [row.id, row.brand])),
  };
}
