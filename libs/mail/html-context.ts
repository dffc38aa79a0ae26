import { Parser } from 'htmlparser2';
import type { Problem } from '../domain/errors.js';
import type { LiquidMarks } from './liquid-marks.js';

/** Elements that run, load or collect something. Mail programs drop them, filters count them against the sender. */
const refusedElements = new Set(
  'script iframe frame frameset object embed applet form input textarea select base'.split(' '),
);
const urlAttributes = new Set(['href', 'src', 'background', 'action', 'formaction', 'poster', 'cite']);

/** What a link of a mail may start with. A relative address leads nowhere in a mail, the rest runs something. */
const linkStart = /^(https?:\/\/|mailto:|tel:|sms:|#)/i;

/** Whether a rendered link leads where a link of a mail may lead. */
export function isMailLink(url: string): boolean {
  return linkStart.test(url);
}

/**
 * Escaping protects text and quoted attributes. Everywhere else a value could become markup, style or another scheme,
 * so Liquid output is refused there.
 */
export function htmlProblems(html: string, marks: LiquidMarks, pointer: string): Problem[] {
  const problems: Problem[] = [];
  inspect(html, marks, (detail, around) => {
    const line = around === undefined ? undefined : marks.marksIn(around)[0]?.line;
    problems.push({ pointer, detail: `${line ? `line ${line}: ` : ''}${marks.restore(detail)}` });
  });
  return problems;
}

type Report = (detail: string, around?: string) => void;

function inspect(html: string, marks: LiquidMarks, report: Report): void {
  const outputs = (text: string) => marks.marksIn(text).filter((mark) => mark.kind === 'output' && !mark.own);
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentagname(name) {
        if (marks.marksIn(name).length > 0) report('Liquid cannot build the name of an element', name);
        if (refusedElements.has(name)) report(`<${name}> is not offered in mail`);
      },
      onopentag(name) {
        open.push(name);
      },
      onclosetag() {
        open.pop();
      },
      onattribute(name, value, quote) {
        if (marks.marksIn(name).length > 0)
          report('Liquid cannot build attributes, only stand in their quoted values', name);
        if (/^on/i.test(name)) report(`the attribute ${name} is not offered in mail`);
        if (outputs(value).length > 0) {
          if (quote === null || quote === undefined) report(`the value of ${name} needs quotes around it`, value);
          if (name === 'style') report('a value cannot stand in a style', value);
        }
        if (urlAttributes.has(name)) inspectUrl(name, value);
      },
      ontext(text) {
        if (open.at(-1) === 'style' && outputs(text).length > 0) report('a value cannot stand in a style', text);
      },
      oncomment(comment) {
        inspect(comment.replace(/^\[if[^\]]*\]>|<!\[endif\]$/g, ''), marks, report);
      },
    },
    { decodeEntities: true, recognizeSelfClosing: true },
  );
  const inspectUrl = (name: string, value: string) => {
    const url = marks.withoutTags(value).trim();
    const leading = marks.leading(url);
    if (leading?.own || url === '') return;
    if (leading) {
      if (/^\{\{-?\s*unsubscribe_url\s*-?\}\}$/.test(leading.text)) return;
      report(`${name}="${value}" must start with a fixed address such as https://, or be unsubscribe_url`, value);
    } else if (!linkStart.test(url)) {
      report(`${name}="${value}" must be a full address such as https://example.com/`, value);
    }
  };
  parser.end(html);
}
