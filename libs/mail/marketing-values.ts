import type { BrandLayout } from './brand-layout.js';

/** What of a brand's row a mail shows. */
export interface MailBrand {
  name: string;
  color: string;
  controller: string | null;
  postalAddress: string | null;
  privacyNoticeUrl: string | null;
}

/** The layout of a brand's mails in a language that mails exist in; English where they do not. */
export function layoutOf(brand: MailBrand, language: string): BrandLayout {
  return {
    name: brand.name,
    color: brand.color,
    controller: brand.controller ?? brand.name,
    postalAddress: brand.postalAddress ?? '',
    privacyNoticeUrl: brand.privacyNoticeUrl ?? '',
    language: language === 'sv' ? 'sv' : 'en',
  };
}

export interface MarketingValues {
  /** Whom the mail is for; absent fields print as nothing and count as missing. */
  contact: { firstName?: string; lastName?: string; email?: string };
  language: string;
  brandName: string;
  listName?: string;
  campaignName?: string;
  unsubscribeUrl: string;
}

/** The values of every known variable (libs/mail/liquid.ts). Previews and the lanes fill templates by this one function. */
export function marketingValues({ contact, language, ...about }: MarketingValues): Record<string, unknown> {
  return {
    contact: {
      first_name: contact.firstName ?? '',
      last_name: contact.lastName ?? '',
      email: contact.email ?? '',
      language,
    },
    brand: { name: about.brandName },
    list: { name: about.listName ?? '' },
    campaign: { name: about.campaignName ?? '' },
    unsubscribe_url: about.unsubscribeUrl,
  };
}
