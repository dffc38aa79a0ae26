import { Parser } from 'htmlparser2';
import mjml2html from 'mjml';
import type { Problem } from '../domain/errors.js';
import { type BrandLayout, footerWords, readableOn } from './brand-layout.js';
import { htmlProblems } from './html-context.js';
import type { LiquidPiece } from './liquid.js';
import { LiquidMarks } from './liquid-marks.js';

interface MjmlNode {
  tagName: string;
  line?: number;
  attributes?: Record<string, string>;
  children?: MjmlNode[];
  content?: string;
}

type MjmlInput = Parameters<typeof mjml2html>[0];

const pointer = '/body';

/**
 * Own options for both passes. Web fonts stay out: MJML's defaults would make every reader's mail program fetch from a
 * third party. Includes are refused before this, and ignored here as a second lock.
 */
const mjmlOptions = { fonts: {}, keepComments: false, ignoreIncludes: true } as const;

/** MJML elements that hold other elements. MJML drops text that stands directly in them without a word. */
const containers = new Set(
  (
    'mjml mj-head mj-body mj-wrapper mj-section mj-group mj-column mj-hero mj-attributes mj-html-attributes mj-social ' +
    'mj-navbar mj-accordion mj-accordion-element mj-carousel'
  ).split(' '),
);

/** HTML with Liquid in it, and the same with marks instead of Liquid, for what must not read Liquid as text. */
export interface CompiledMarkup {
  markedHtml: string;
  marks: LiquidMarks;
}

/**
 * MJML to HTML, with the layout's head and footer. Liquid is replaced by marks before MJML sees the source and put back
 * by the caller: MJML, the minifier and html-to-text would read quotes and angle brackets inside it as theirs.
 * @param pieces of the body, from `inspectLiquid`
 * @returns the markup, or every problem found
 */
export async function compileMarkup(
  pieces: LiquidPiece[],
  layout: BrandLayout,
): Promise<{ markup: CompiledMarkup } | { problems: Problem[] }> {
  const marks = new LiquidMarks(pieces);
  const body = marks.markedSource;
  const problems = sourceProblems(body, marks);
  if (problems.length > 0) return { problems };
  const isDocument = /^(\s|<\?xml[^>]*>|<!--.*?-->)*<mjml[\s>]/is.test(body);
  const source = isDocument ? body : `<mjml><mj-body>${body}</mj-body></mjml>`;
  const read = await readMjml(source, marks);
  if ('problems' in read) return read;
  const { html } = await mjml2html(addLayout(read.document, layout, marks) as unknown as MjmlInput, {
    ...mjmlOptions,
    validationLevel: 'skip',
  });
  const markedHtml = collapseSpace(html);
  const found = [...htmlProblems(markedHtml, marks, pointer), ...lostMarks(markedHtml, marks)];
  return found.length > 0 ? { problems: found } : { markup: { markedHtml, marks } };
}

async function readMjml(source: string, marks: LiquidMarks): Promise<{ document: MjmlNode } | { problems: Problem[] }> {
  try {
    const { json, errors } = await mjml2html(source, { ...mjmlOptions, validationLevel: 'soft' });
    if (errors.length === 0) return { document: json as unknown as MjmlNode };
    return {
      problems: errors.map(({ line, message, tagName }) => ({
        pointer,
        detail: `line ${line}: ${marks.restore(message)} (${tagName})`,
      })),
    };
  } catch (error) {
    // What is no MJML document at all is reported by a plain error.
    return { problems: [{ pointer, detail: `MJML: ${marks.restore((error as Error).message)}` }] };
  }
}

/** MJML indents deeply: a third of its HTML is spaces after line breaks, which mean nothing outside of <pre>. */
function collapseSpace(html: string): string {
  return html
    .split(/(<pre[\s>].*?<\/pre>)/is)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/\s*\n\s*/g, '\n')))
    .join('');
}

/** What MJML would accept without a word and then lose: unclosed elements, stray text, includes. */
function sourceProblems(source: string, marks: LiquidMarks): Problem[] {
  const problems: Problem[] = [];
  const lineAt = (index: number) => source.slice(0, index).split('\n').length;
  const report = (index: number, detail: string) =>
    problems.push({ pointer, detail: `line ${lineAt(index)}: ${detail}` });
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag(name) {
        if (name === 'mj-include') report(parser.startIndex, 'mj-include is not offered: a template reads no files');
        open.push(name);
      },
      onclosetag(name, implied) {
        open.pop();
        // The parser calls the end of <mj-image /> implied as well.
        const closesItself = source.slice(parser.startIndex, parser.endIndex + 1).endsWith('/>');
        if (implied && !closesItself && /^mj(ml$|-)/.test(name)) report(parser.startIndex, `<${name}> is not closed`);
      },
      ontext(text) {
        const parent = open.at(-1) ?? 'mj-body';
        if (!containers.has(parent) || text.trim() === '') return;
        const hint = marks.isMark(text.trim()) ? '; put a condition between elements into <mj-raw>' : '';
        report(
          parser.startIndex + text.search(/\S/),
          `text cannot stand directly in ${parent}, only in elements such as mj-text${hint}`,
        );
      },
    },
    { decodeEntities: false, recognizeSelfClosing: true, lowerCaseAttributeNames: false },
  );
  parser.end(source);
  if (source.lastIndexOf('<!--') > source.lastIndexOf('-->')) {
    report(source.lastIndexOf('<!--'), 'this comment is not closed');
  } else if (source.lastIndexOf('<') > source.lastIndexOf('>')) {
    report(source.lastIndexOf('<'), 'this tag is not closed');
  }
  return problems;
}

function lostMarks(html: string, marks: LiquidMarks): Problem[] {
  const lost = marks.missingIn(html).filter((mark) => !mark.own);
  return lost.map(({ text, line }) => ({
    pointer,
    detail: `line ${line}: ${text} stands where MJML drops it; put it into mj-text or <mj-raw>`,
  }));
}

/** Adds the layout to the parsed document, not to its text: a comment or a stray tag cannot swallow the footer. */
function addLayout(document: MjmlNode, layout: BrandLayout, marks: LiquidMarks): MjmlNode {
  const children = document.children ?? [];
  const head = children.find((child) => child.tagName === 'mj-head');
  const body = children.find((child) => child.tagName === 'mj-body')!;
  const newHead: MjmlNode = {
    ...(head ?? { tagName: 'mj-head' }),
    attributes: head?.attributes ?? {},
    children: [...layoutHead(layout, marks), ...(head?.children ?? [])],
  };
  const newBody: MjmlNode = { ...body, children: [...(body.children ?? []), layoutFooter(layout, marks)] };
  return {
    ...document,
    attributes: { lang: layout.language, ...document.attributes },
    children: [newHead, ...children.filter((child) => child !== head && child !== body), newBody],
  };
}

function layoutHead(layout: BrandLayout, marks: LiquidMarks): MjmlNode[] {
  const onColor = readableOn(layout.color);
  const defaults: [string, Record<string, string>][] = [
    ['mj-all', { 'font-family': 'Arial, Helvetica, sans-serif' }],
    ['mj-text', { 'font-size': '16px', 'line-height': '24px' }],
    ['mj-button', { 'background-color': layout.color, color: onColor, 'font-size': '16px' }],
    ['mj-divider', { 'border-color': layout.color, 'border-width': '1px' }],
  ];
  return [
    { tagName: 'mj-title', attributes: {}, children: [], content: marks.add('{{ layout.name }}') },
    {
      tagName: 'mj-attributes',
      attributes: {},
      children: defaults.map(([tagName, attributes]) => ({ tagName, attributes, children: [] })),
    },
  ];
}

function layoutFooter(layout: BrandLayout, marks: LiquidMarks): MjmlNode {
  const words = footerWords[layout.language];
  const sender = ['name', 'controller', 'postal_address']
    .map((name) => marks.add(`{{ layout.${name} }}`))
    .filter(
      (_, at) => [true, layout.controller !== '' && layout.controller !== layout.name, layout.postalAddress !== ''][at],
    )
    .join('<br>');
  const link = (variable: string, label: string) =>
    `<a href="${marks.add(`{{ layout.${variable} }}`)}" style="color:#595959;text-decoration:underline">${label}</a>`;
  const privacy = layout.privacyNoticeUrl === '' ? '' : `${link('privacy_notice_url', words.privacyNotice)} &middot; `;
  const content =
    `<p style="margin:0 0 8px">${sender}</p>` +
    `<p style="margin:0">${privacy}${link('unsubscribe_url', words.unsubscribe)}</p>`;
  const text: MjmlNode = {
    tagName: 'mj-text',
    attributes: { align: 'center', color: '#595959', 'font-size': '12px', 'line-height': '18px' },
    children: [],
    content,
  };
  const column: MjmlNode = { tagName: 'mj-column', attributes: {}, children: [text] };
  return { tagName: 'mj-section', attributes: { 'background-color': '#ffffff' }, children: [column] };
}
