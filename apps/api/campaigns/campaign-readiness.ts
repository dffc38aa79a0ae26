import type { Brand } from '../../../libs/db/generated/client.js';
import { DomainError, type Problem } from '../../../libs/domain/errors.js';
import { type CompiledTemplate, knownVariables } from '../../../libs/mail/template.js';

/** How far ahead a campaign may be scheduled, in milliseconds: a later date is a slip of the hand. */
const longestWaitMs = 366 * 24 * 60 * 60_000;

export interface ReadinessFacts {
  brand: Pick<Brand, 'controller' | 'postalAddress'>;
  /** The compiled template, or why it cannot be compiled. */
  template: CompiledTemplate | DomainError;
  hasAudience: boolean;
  scheduledAt: Date | null;
  now: Date;
}

/** Everything that stands against sending a campaign, not only the first of it. Pointers name what has to be changed. */
export function obstaclesToSending({ brand, template, hasAudience, scheduledAt, now }: ReadinessFacts): Problem[] {
  const problems: Problem[] = [];
  if (!brand.controller) {
    problems.push({ pointer: '/brand/controller', detail: 'the mail must say who answers for the data' });
  }
  if (!brand.postalAddress) {
    problems.push({ pointer: '/brand/postal_address', detail: 'must stand under every campaign' });
  }
  if (!hasAudience) problems.push({ pointer: '/list_id', detail: 'nobody is subscribed to this list' });
  if (scheduledAt !== null && scheduledAt <= now) {
    problems.push({ pointer: '/scheduled_at', detail: 'lies in the past' });
  }
  if (scheduledAt !== null && scheduledAt.getTime() - now.getTime() > longestWaitMs) {
    problems.push({ pointer: '/scheduled_at', detail: 'lies more than a year ahead' });
  }
  if (template instanceof DomainError) problems.push(...template.problems.map(inTemplate));
  else {
    for (const name of template.variables.filter((variable) => !knownVariables.has(variable))) {
      problems.push({ pointer: '/template', detail: `the variable "${name}" is not known` });
    }
  }
  return problems;
}

function inTemplate({ pointer, detail }: Problem): Problem {
  return { pointer: pointer.startsWith('/brand') ? pointer : `/template${pointer}`, detail };
}
