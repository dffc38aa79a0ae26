import {
  type Arguments,
  Liquid,
  LiquidError,
  type Template,
  Tokenizer,
  type TopLevelToken,
  toValueSync,
  Value,
} from 'liquidjs';
import { DomainError, type Problem } from '../domain/errors.js';

/** Characters of one template. An email that is larger is clipped or refused long before. */
export const maxTemplateLength = 200_000;

/** Variables that Assent fills in. Others are reported in `missing` when a mail is rendered. */
export const knownVariables: ReadonlySet<string> = new Set([
  'contact.first_name',
  'contact.last_name',
  'contact.email',
  'contact.language',
  'brand.name',
  'list.name',
  'campaign.name',
  'unsubscribe_url',
]);

/** Names that a template may not assign to: it could otherwise replace the unsubscribe link of the footer. */
const reservedNames = new Set([...knownVariables].map((name) => name.split('.')[0]!).concat('layout'));

/**
 * What a template may use. A list of what is allowed, because each of the rest would open something: `raw` and
 * `capture` undo or double the escaping, `include`, `render` and `layout` read other templates, `json` and `where_exp`
 * reach whole objects, loops let a template decide how long a send takes.
 */
const allowedTags = new Set(['if', 'unless', 'case', 'assign', 'comment', 'raw', '#']);
const innerTags = new Set(['elsif', 'else', 'when', 'endif', 'endunless', 'endcase', 'endcomment', 'endraw']);
const allowedFilters = new Set(
  (
    'default upcase downcase capitalize strip lstrip rstrip squish truncate truncatewords append prepend replace ' +
    'replace_first replace_last remove remove_first remove_last slice split join first last size url_encode date plus ' +
    'minus times divided_by modulo round ceil floor abs at_least at_most escape escape_once'
  ).split(' '),
);

function createEngine(escapes: boolean): Liquid {
  const engine = new Liquid({
    templates: {},
    ...(escapes && { outputEscape: 'escape' as const }),
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: maxTemplateLength * 4,
    renderLimit: 2_000,
    memoryLimit: 2_000_000,
    locale: 'en-US',
    timezoneOffset: 0,
  });
  for (const name of Object.keys(engine.tags)) if (!allowedTags.has(name)) delete engine.tags[name];
  for (const name of Object.keys(engine.filters)) if (!allowedFilters.has(name)) delete engine.filters[name];
  // Escaping happens once, at the output: without this, `{{ name | escape }}` would show `&amp;` to the reader.
  engine.registerFilter('escape', (value: unknown) => value);
  engine.registerFilter('escape_once', (value: unknown) => value);
  return engine;
}

/** For HTML: every output is escaped, and nothing that a template can write changes that. */
export const htmlLiquid = createEngine(true);

/** For the subject and the text part, which are not HTML. */
export const textLiquid = createEngine(false);

/** A piece of a Liquid source. `literal` is text; what stands between raw and endraw is literal too. */
export interface LiquidPiece {
  kind: 'literal' | 'output' | 'tag' | 'comment';
  text: string;
  /** Inside `{% raw %}`: braces in it are text and must reach Liquid untouched. */
  raw: boolean;
  /** From 1. */
  line: number;
}

/**
 * Cuts a Liquid source into pieces whose texts add up to the source, and names everything that is not allowed in it.
 * @param pointer where the source stands in the input, for the problems
 */
export function inspectLiquid(source: string, pointer: string): { pieces: LiquidPiece[]; problems: Problem[] } {
  if (source.length > maxTemplateLength) {
    return {
      pieces: [],
      problems: [{ pointer, detail: `is longer than ${maxTemplateLength} characters` }],
    };
  }
  let tokens: TopLevelToken[];
  try {
    tokens = new Tokenizer(source, textLiquid.options.operators).readTopLevelTokens(textLiquid.options);
  } catch (error) {
    return { pieces: [], problems: [problemOf(error, pointer)] };
  }
  const pieces: LiquidPiece[] = [];
  const problems: Problem[] = [];
  let inComment = false;
  let inRaw = false;
  for (const token of tokens) {
    const text = source.slice(token.begin, token.end);
    const line = token.getPosition()[0]!;
    const name = text.startsWith('{%') ? (token as TopLevelToken & { name: string }).name : undefined;
    const kind = name !== undefined ? 'tag' : !inRaw && text.startsWith('{{') ? 'output' : 'literal';
    if (inComment || name === 'comment') {
      inComment = name !== 'endcomment';
      pieces.push({ kind: 'comment', text, raw: false, line });
      continue;
    }
    if (name === 'raw') inRaw = true;
    if (name === 'endraw') inRaw = false;
    pieces.push({ kind, text, raw: inRaw && kind === 'literal', line });
    const detail = kind === 'output' ? refusalOfParse(text) : name !== undefined ? refusalOfTag(name, text) : undefined;
    if (detail !== undefined) problems.push({ pointer, detail: `line ${line}: ${detail}` });
  }
  if (problems.length === 0) {
    try {
      textLiquid.parse(source);
    } catch (error) {
      problems.push(problemOf(error, pointer));
    }
  }
  return { pieces, problems };
}

function refusalOfTag(name: string, text: string): string | undefined {
  if (!allowedTags.has(name) && !innerTags.has(name)) {
    return `the Liquid tag "${name}" is not offered in mail (offered: ${[...allowedTags].join(', ')})`;
  }
  if (name === 'assign') {
    const assigned = /assign\s+([\w-]+)/.exec(text)?.[1];
    if (assigned !== undefined && reservedNames.has(assigned)) return `"${assigned}" may not be assigned to`;
    return refusalOfParse(text);
  }
  if (name === 'if' || name === 'unless' || name === 'case') return refusalOfParse(`${text}{% end${name} %}`);
  if (name === 'elsif') return refusalOfParse(`{% if true %}${text}{% endif %}`);
  return undefined;
}

function refusalOfParse(text: string): string | undefined {
  try {
    textLiquid.parse(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (!LiquidError.is(error)) throw error;
  const message = (error.originalError?.message ?? error.message).replace(/, line:\d+.*$/s, '');
  const filter = /^undefined filter: (.*)$/.exec(message)?.[1];
  if (filter === 'raw') return 'the filter "raw" is not offered: values are always escaped in HTML';
  if (filter !== undefined) return `the filter "${filter}" is not offered`;
  return message;
}

function problemOf(error: unknown, pointer: string): Problem {
  const detail = messageOf(error);
  const line = LiquidError.is(error) ? error.token.getPosition()[0] : undefined;
  return { pointer, detail: line === undefined ? detail : `line ${line}: ${detail}` };
}

type Argument = Arguments extends Iterable<infer Item> ? Item : never;

/** Every variable a template reads, and those it prints although they may be empty: no `default`, no `if` around. */
export function variablesOf(templates: Template[]): { all: string[]; unguarded: string[] } {
  const all = textLiquid.globalFullVariablesSync(templates);
  const unguarded = new Set<string>();
  const visit = (template: Template, guarded: ReadonlySet<string>) => {
    const values: Argument[] = [...(template.arguments?.() ?? [])];
    const names = namesIn(template, values);
    const children = template.children ? (toValueSync(template.children(false, true)) as Template[]) : [];
    if (children.length > 0) {
      const inside = new Set([...guarded, ...names]);
      for (const child of children) visit(child, inside);
      return;
    }
    const hasDefault = values.some(
      (value) => value instanceof Value && value.filters.some((f) => f.name === 'default'),
    );
    if (!hasDefault) for (const name of names) if (!guarded.has(name)) unguarded.add(name);
  };
  for (const template of templates) visit(template, new Set());
  return { all, unguarded: all.filter((name) => unguarded.has(name)) };
}

function namesIn(template: Template, values: Argument[]): string[] {
  if (values.length === 0) return [];
  const probe: Template = { token: template.token, render: () => undefined, arguments: () => values };
  return textLiquid.fullVariablesSync([probe]);
}

/**
 * Renders a parsed template.
 * @throws DomainError template_invalid where a limit of time or memory was passed, or a value does not suit a filter
 */
export function renderLiquid(engine: Liquid, templates: Template[], scope: object): string {
  try {
    return String(engine.renderSync(templates, scope));
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    // Liquid's own message may repeat a value, and errors reach logs and histories.
    const passedLimit = /limit exceeded/.test(error.message);
    throw new DomainError(
      'template_invalid',
      passedLimit ? 'rendering takes too much time or memory' : 'a filter cannot work with the value it was given',
    );
  }
}

/** Control characters, line breaks and the line separators of Unicode: none may stand in a header (RFC 5322, 2.2). */
const headerBreakers = /[\p{Cc}\u2028\u2029]+/gu;

/** A subject on one line, whatever the values held. */
export function subjectLine(rendered: string): string {
  return rendered.replace(headerBreakers, ' ').replace(/ {2,}/g, ' ').trim();
}
