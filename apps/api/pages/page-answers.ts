import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../../../libs/domain/errors.js';
import { chooseLanguage } from './views/language.js';
import { errorPage, invalidLinkPage, tooManyPage } from './views/refusal-pages.js';

/** Pages run no script, take styles from here alone, and are never framed, kept or indexed. No page sets a cookie. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Links carry tokens: the address of a page goes to no other site.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
} as const;

const pagePath = /^\/[fcnu](?:\/|$)/;

/** Whether people meet what is at this path in a browser, so that a refusal is a page as well. */
export function isPagePath(path: string): boolean {
  return pagePath.test(path);
}

/** Also for the proof of consent, which the API serves as a page. */
export function setPageHeaders(reply: FastifyReply): void {
  reply.headers(pageHeaders);
}

/** Shops send forms as JSON; they get problems (RFC 9457), not pages. */
export function speaksJson(request: FastifyRequest): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '');
}

/** A refusal as a page, in the language of the browser: nothing is known of whose page it would have been. */
export function refusalPage(code: ErrorCode, acceptLanguage: string | undefined): string {
  const language = chooseLanguage(acceptLanguage, 'en');
  if (code === 'link_invalid' || code === 'not_found') return invalidLinkPage({ language });
  if (code === 'too_many_requests') return tooManyPage({ language });
  return errorPage({ language, code });
}
