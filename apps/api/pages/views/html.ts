/** Markup that is safe to put into a document as it is. Only the `html` tag makes it, so data cannot pose as markup. */
class Fragment {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

export type Html = Fragment;

/** What may stand in a template. Nothing is written for null, undefined and false, so `condition && html…` works. */
export type Interpolation = string | number | Html | null | undefined | false | readonly Interpolation[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(value: Interpolation): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Fragment) return value.markup;
  if (Array.isArray(value)) return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character]!);
}

/**
 * Builds markup. Every interpolation is escaped for text and for quoted attribute values, unless it is itself made by
 * this tag. It is no protection inside unquoted attributes, `<script>`, `<style>` or for the scheme of a URL.
 */
export function html(strings: TemplateStringsArray, ...values: Interpolation[]): Html {
  return new Fragment(String.raw({ raw: strings }, ...values.map(render)));
}

/**
 * The address if a browser opens it as a web page, otherwise undefined. `javascript:` and the like are never linked;
 * callers show such an address as text, because a page that ends a subscription must not fail over it.
 */
export function webAddress(address: string): string | undefined {
  return URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol) ? address : undefined;
}
