import { convert, type HtmlToTextOptions } from 'html-to-text';

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } }));

const options: HtmlToTextOptions = {
  // Lines are wrapped by the mail program: links and Liquid must not be cut.
  wordwrap: false,
  selectors: [
    ...headings,
    { selector: 'a', options: { linkBrackets: false, hideLinkHrefIfSameAsText: true } },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
    { selector: 'img', format: 'imageText' },
    // The preview line is hidden in HTML and repeats what follows.
    { selector: 'div[style^="display:none"]', format: 'skip' },
  ],
  formatters: {
    // A space between the cells of a table of data; around the cells of a layout it is trimmed away.
    cell(element, walk, builder) {
      walk(element.children, builder);
      builder.addInline(' ');
    },
    imageText(element, _walk, builder) {
      const alt = element.attribs?.alt;
      if (alt) builder.addInline(alt);
    },
  },
};

/** The text part of a mail from its HTML. Not escaped: `&` stays `&`. */
export function toPlainText(html: string): string {
  return convert(html, options)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
