import type { LiquidPiece } from './liquid.js';

interface Mark {
  text: string;
  kind: 'output' | 'tag' | 'braces';
  line: number;
  /** Put in by Assent, not by the template's author. */
  own: boolean;
}

/** Replaces the Liquid of a source by words of lower-case letters and digits, and puts it back after processing. */
export class LiquidMarks {
  /** The source with marks instead of Liquid; Liquid comments are gone, their line breaks stay. */
  readonly markedSource: string;
  private readonly marks: Mark[] = [];
  private readonly prefix: string;
  private readonly pattern: RegExp;

  constructor(pieces: LiquidPiece[]) {
    const source = pieces.map((piece) => piece.text).join('');
    let prefix = 'zlq';
    while (source.toLowerCase().includes(prefix)) prefix += 'q';
    this.prefix = prefix;
    this.pattern = new RegExp(`${prefix}(\\d+)z`, 'g');
    this.markedSource = pieces.map((piece) => this.markPiece(piece)).join('');
  }

  /** A mark for a piece of Liquid that Assent itself adds. */
  add(text: string): string {
    return this.mark({ text, kind: 'output', line: 0, own: true });
  }

  restore(text: string): string {
    return text.replace(this.pattern, (_, index) => this.marks[Number(index)]!.text);
  }

  /** As `restore`, for text whose entities were decoded: braces that came out of entities are printed, not executed. */
  restoreDecoded(text: string): string {
    return this.restore(text.replace(/\{(?=[{%])/g, () => this.add("{{ '{' }}")));
  }

  isMark(text: string): boolean {
    return new RegExp(`^${this.pattern.source}$`).test(text);
  }

  marksIn(text: string): Mark[] {
    return [...text.matchAll(this.pattern)].map((match) => this.marks[Number(match[1])]!);
  }

  /** The text with the tags (conditions, assignments) taken out, outputs left as marks. */
  withoutTags(text: string): string {
    return text.replace(this.pattern, (mark, index) => (this.marks[Number(index)]!.kind === 'tag' ? '' : mark));
  }

  /** The mark that the text starts with. */
  leading(text: string): Mark | undefined {
    const match = new RegExp(`^${this.pattern.source}`).exec(text);
    return match ? this.marks[Number(match[1])] : undefined;
  }

  /** Marks that did not survive a processing step. */
  missingIn(text: string): Mark[] {
    const present = new Set([...text.matchAll(this.pattern)].map((match) => Number(match[1])));
    return this.marks.filter((_, index) => !present.has(index));
  }

  private markPiece(piece: LiquidPiece): string {
    const { kind, text, line } = piece;
    if (kind === 'comment') return text.replace(/[^\n]+/g, '');
    if (kind !== 'literal') return this.mark({ text, kind, line, own: false });
    if (!piece.raw) return text;
    return text.replace(/\{\{|\}\}|\{%|%\}/g, (braces) =>
      this.mark({ text: braces, kind: 'braces', line, own: false }),
    );
  }

  private mark(mark: Mark): string {
    this.marks.push(mark);
    return `${this.prefix}${this.marks.length - 1}z`;
  }
}
