import { DomainError, type Problem } from '../domain/errors.js';
import {
  type BrandLayout,
  footerWords,
  isWebUrl,
  type MailLanguage,
  oneLine,
  problemsOfLayout,
  readableOn,
} from './brand-layout.js';
import { subjectLine } from './liquid.js';
import { type ServiceMailKind, serviceMailWords } from './service-mail-words.js';
import type { RenderedMail } from './template.js';

export type { ServiceMailKind } from './service-mail-words.js';

export interface ServiceMailInput {
  language: MailLanguage;
  brand: BrandLayout;
  /** Not empty, save for address_verification, which is about no list. */
  listNames: string[];
  /** Opens the page whose button confirms. */
  confirmUrl: string;
  /** "This was not me." */
  rejectUrl: string;
}

/**
 * A one-to-one mail that asks a person something (P7, P18). It says who asks, for what, and why the person gets it; it
 * carries no advertising, no tracking, no image, and stands alone without style sheets. Its wording is part of the
 * evidence of consent.
 * @throws DomainError validation_failed naming each field that cannot be put into a mail
 */
export function renderServiceMail(kind: ServiceMailKind, input: ServiceMailInput): RenderedMail {
  const problems = problemsOfInput(kind, input);
  if (problems.length > 0) throw new DomainError('validation_failed', 'the mail cannot be rendered', problems);
  const { language, confirmUrl, rejectUrl } = input;
  const brand = {
    name: subjectLine(input.brand.name),
    controller: subjectLine(input.brand.controller),
    postalAddress: subjectLine(oneLine(input.brand.postalAddress)),
  };
  const lists = kind === 'address_verification' ? [] : input.listNames.map(subjectLine);
  const controller = brand.controller === brand.name ? '' : brand.controller;
  const words = serviceMailWords(kind, language, { brand: brand.name, controller, lists: lists.length });
  const privacy = { url: input.brand.privacyNoticeUrl, label: footerWords[language].privacyNotice };
  const senderLines = [brand.name, [controller, brand.postalAddress].filter((part) => part !== '').join(', ')].filter(
    (line) => line !== '',
  );

  const text = [
    words.heading,
    words.asks,
    ...(lists.length > 0 ? [lists.map((name) => `- ${name}`).join('\n')] : []),
    `${words.button}:\n${confirmUrl}`,
    words.how,
    `${words.ifNothing} ${words.notMe} ${words.notMeLink}:\n${rejectUrl}`,
    words.why,
    [...senderLines, ...(privacy.url === '' ? [] : [`${privacy.label}: ${privacy.url}`])].join('\n'),
  ].join('\n\n');

  const paragraph = (content: string) => `<p style="margin:0 0 16px">${content}</p>`;
  const link = (url: string, label: string, style = 'color:#1a1a1a') =>
    `<a href="${escapeHtml(url)}" style="${style}">${escapeHtml(label)}</a>`;
  const button =
    `display:inline-block;padding:12px 20px;border-radius:4px;text-decoration:none;font-weight:bold;` +
    `background:${input.brand.color};color:${readableOn(input.brand.color)}`;
  const html = [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(words.subject)}</title></head>`,
    '<body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;font:16px/24px Arial,Helvetica,sans-serif">',
    '<main style="max-width:560px;margin:0 auto">',
    `<h1 style="margin:0 0 16px;font-size:22px;line-height:28px">${escapeHtml(words.heading)}</h1>`,
    paragraph(escapeHtml(words.asks)),
    lists.length > 0
      ? `<ul style="margin:0 0 16px;padding-left:24px">${lists.map((name) => `<li>${escapeHtml(name)}</li>`).join('')}</ul>`
      : '',
    paragraph(link(confirmUrl, words.button, button)),
    paragraph(escapeHtml(words.how)),
    paragraph(`${escapeHtml(`${words.ifNothing} ${words.notMe}`)} ${link(rejectUrl, words.notMeLink)}`),
    paragraph(escapeHtml(words.why)),
    `<p style="margin:24px 0 0;font-size:13px;line-height:20px;color:#595959">${senderLines.map(escapeHtml).join('<br>')}`,
    privacy.url === '' ? '' : `<br>${link(privacy.url, privacy.label, 'color:#595959')}`,
    '</p></main></body></html>',
  ].join('');

  return {
    subject: subjectLine(words.subject),
    html,
    text,
    missing: [],
    links: [confirmUrl, rejectUrl, ...(privacy.url === '' ? [] : [privacy.url])],
    sizeBytes: Buffer.byteLength(html) + Buffer.byteLength(text),
  };
}

function problemsOfInput(kind: ServiceMailKind, input: ServiceMailInput): Problem[] {
  const problems = problemsOfLayout(input.brand);
  for (const field of ['confirmUrl', 'rejectUrl'] as const) {
    if (!isWebUrl(input[field])) problems.push({ pointer: `/${field}`, detail: 'must be an http or https address' });
  }
  if (input.language !== 'en' && input.language !== 'sv') {
    problems.push({ pointer: '/language', detail: 'must be en or sv' });
  }
  if (kind !== 'address_verification' && input.listNames.length === 0) {
    problems.push({ pointer: '/listNames', detail: 'must name at least one list' });
  }
  return problems;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
