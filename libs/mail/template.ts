import type { Template } from 'liquidjs';
import { DomainError, type Problem } from '../domain/errors.js';
import { type BrandLayout, oneLine, problemsOfLayout } from './brand-layout.js';
import { isMailLink } from './html-context.js';
import {
  htmlLiquid,
  inspectLiquid,
  knownVariables,
  renderLiquid,
  subjectLine,
  textLiquid,
  variablesOf,
} from './liquid.js';
import { type CompiledMarkup, compileMarkup } from './markup.js';
import { toPlainText } from './plain-text.js';

export type { BrandLayout } from './brand-layout.js';
export { knownVariables } from './liquid.js';

export interface TemplateSource {
  /** Liquid, one line. */
  subject: string;
  /** Liquid in MJML: sections, or a whole `<mjml>` document. */
  body: string;
}

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
  /** Variables that are unknown, or printed without `default` or `if` although they are empty. */
  missing: string[];
  /** Targets of the links of the HTML, each once, in their order. */
  links: string[];
  /** HTML and text in UTF-8, before transfer encoding. Several mail programs cut HTML off at about 100 kB. */
  sizeBytes: number;
}

interface Parsed {
  subject: Template[];
  html: Template[];
  text: Template[];
}

/** A template that is ready to be rendered for any number of contacts: rendering is Liquid only. */
export class CompiledTemplate {
  /** Every variable that subject and body read, by full name. */
  readonly variables: string[];
  private readonly unguarded: ReadonlySet<string>;
  private readonly layoutScope: Record<string, string>;

  constructor(
    private readonly parsed: Parsed,
    layout: BrandLayout,
  ) {
    const read = [variablesOf(parsed.subject), variablesOf(parsed.html)];
    const named = (names: string[]) =>
      [...new Set(names.map(stripProperty))].filter((name) => !name.startsWith('layout.'));
    this.variables = named([...read.flatMap((part) => part.all), 'unsubscribe_url']);
    this.unguarded = new Set(named([...read.flatMap((part) => part.unguarded), 'unsubscribe_url']));
    this.layoutScope = {
      name: layout.name,
      controller: layout.controller,
      postal_address: oneLine(layout.postalAddress),
      privacy_notice_url: layout.privacyNoticeUrl,
    };
  }

  /**
   * Renders the mail for one contact. Values are nested as the names of the variables are: `{ contact: { first_name } }`.
   * `brand.name` falls back to the layout's.
   * @throws DomainError template_invalid where a value turned a link into something else, or a limit was passed
   */
  render(values: Record<string, unknown>): RenderedMail {
    const brand = { name: this.layoutScope.name, ...(values.brand as object | undefined) };
    const layout = { ...this.layoutScope, unsubscribe_url: values.unsubscribe_url };
    const scope = { ...values, brand, layout };
    const html = renderLiquid(htmlLiquid, this.parsed.html, scope);
    const text = renderLiquid(textLiquid, this.parsed.text, scope);
    const links = linksOf(html);
    if (!links.every(isMailLink)) {
      throw new DomainError('template_invalid', 'a value turned a link into something other than an address');
    }
    return {
      subject: subjectLine(renderLiquid(textLiquid, this.parsed.subject, scope)),
      html,
      text,
      missing: this.variables.filter(
        (name) => isMissing(valueAt(scope, name)) && (this.unguarded.has(name) || !knownVariables.has(name)),
      ),
      links,
      sizeBytes: Buffer.byteLength(html) + Buffer.byteLength(text),
    };
  }
}

/**
 * Compiles a template once for all contacts: MJML to HTML, HTML to text, Liquid to what the engine renders.
 * @throws DomainError template_invalid with every problem found; pointers are /subject, /body and /brand/…
 */
export async function compileTemplate(source: TemplateSource, layout: BrandLayout): Promise<CompiledTemplate> {
  const subject = inspectLiquid(source.subject, '/subject');
  const body = inspectLiquid(source.body, '/body');
  const problems: Problem[] = [...problemsOfLayout(layout), ...subject.problems, ...body.problems];
  if (source.subject.trim() === '') problems.push({ pointer: '/subject', detail: 'is empty' });
  if (/[\p{Cc}\u2028\u2029]/u.test(source.subject)) {
    problems.push({ pointer: '/subject', detail: 'must be one line without control characters' });
  }
  if (source.body.trim() === '') problems.push({ pointer: '/body', detail: 'is empty' });
  let markup: CompiledMarkup | undefined;
  if (body.problems.length === 0 && source.body.trim() !== '') {
    const result = await compileMarkup(body.pieces, layout);
    if ('problems' in result) problems.push(...result.problems);
    else markup = result.markup;
  }
  if (problems.length > 0 || !markup) throw invalid(problems);
  const { markedHtml, marks } = markup;
  try {
    return new CompiledTemplate(
      {
        subject: textLiquid.parse(source.subject),
        html: htmlLiquid.parse(marks.restore(markedHtml)),
        text: textLiquid.parse(marks.restoreDecoded(toPlainText(markedHtml))),
      },
      layout,
    );
  } catch (error) {
    // The source was parsed before; what fails now is a condition that MJML moved apart (a title, a preview line).
    throw invalid([
      { pointer: '/body', detail: `a Liquid condition spans elements that MJML moves: ${String(error)}` },
    ]);
  }
}

function invalid(problems: Problem[]): DomainError {
  const named = problems.map((problem) => `${problem.pointer} ${problem.detail}`).join('; ');
  return new DomainError('template_invalid', named, problems);
}

/** `contact.first_name.size` reads `contact.first_name`. */
function stripProperty(name: string): string {
  return name.replace(/(?<=\..*)\.(size|first|last)$/, '');
}

function valueAt(scope: Record<string, unknown>, name: string): unknown {
  let value: unknown = scope;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Empty, or an object that cannot be printed. */
function isMissing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && !(value instanceof Date) && !Array.isArray(value);
}

const entities: Record<string, string> = { amp: '&', '#38': '&', '#34': '"', quot: '"', '#39': "'", lt: '<', gt: '>' };

/** The href of each link, in whatever quotes; other attributes are passed over whole, so that none hides or feigns one. */
const linkTarget = /<a\s(?:[^>"']|"[^"]*"|'[^']*')*?(?<=[\s"'])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

function linksOf(html: string): string[] {
  const links = [...html.matchAll(linkTarget)]
    .map((match) => match[1] ?? match[2] ?? match[3]!)
    .map((target) => target.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole).trim())
    .filter((link) => link !== '');
  return [...new Set(links)];
}
