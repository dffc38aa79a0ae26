/**
 * Every refusal of Assent has a stable code. The API answers it as RFC 9457 problem+json with this HTTP status; a
 * workflow gets it as a non-retryable ApplicationFailure whose type is the code.
 */
export const errorCodes = {
  validation_failed: { status: 422, title: 'The request has fields that are not valid' },
  malformed_body: { status: 400, title: 'The request body cannot be read' },
  unsupported_media_type: { status: 415, title: 'The request body has a content type that is not accepted here' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unauthenticated: { status: 401, title: 'An API key is missing, unknown or revoked' },
  forbidden: { status: 403, title: 'This API key may not do that' },
  not_found: { status: 404, title: 'There is nothing with that id' },
  method_not_allowed: { status: 405, title: 'That method is not offered here' },
  conflict: { status: 409, title: 'The state does not allow that' },
  already_exists: { status: 409, title: 'There already is one' },
  version_required: { status: 428, title: 'The If-Match header is missing' },
  version_mismatch: { status: 412, title: 'It was changed by someone else in the meantime' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key was used for a different request' },
  idempotency_in_progress: { status: 409, title: 'A request with this Idempotency-Key is still running' },
  address_blocked: {
    status: 409,
    title: 'This address was erased and is blocked; only a confirmed resubscription lifts that',
  },
  address_invalid: { status: 422, title: 'This is not a usable email address' },
  number_invalid: { status: 422, title: 'This is not a usable mobile number in international form' },
  form_incomplete: { status: 422, title: 'The form cannot be published yet' },
  template_invalid: { status: 422, title: 'The template cannot be rendered' },
  campaign_not_ready: { status: 422, title: 'The campaign cannot be sent yet' },
  resubscription_too_soon: { status: 409, title: 'A resubscription mail went to this address less than 30 days ago' },
  tombstone_mismatch: { status: 409, title: 'The typed address is not the one of this tombstone' },
  link_invalid: { status: 404, title: 'This link is not valid' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'A part that this needs is not reachable' },
  internal: { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Where in the input a problem lies: a JSON pointer (RFC 6901) or a parameter name, and what is wrong there. */
export interface Problem {
  pointer: string;
  detail: string;
}

/** A refusal by a rule. Its message holds no personal data: it may reach logs, histories and answers. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly problems: Problem[] = [],
  ) {
    super(detail ? `${code}: ${detail}` : code);
    this.name = 'DomainError';
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  get title(): string {
    return errorCodes[this.code].title;
  }
}
