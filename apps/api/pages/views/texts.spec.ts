import { texts } from './texts.js';

/** Every sentence with its place; what is put into a sentence is written as <1>, <2>. */
function sentences(value: unknown, place: string): Array<[string, string]> {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value === 'function') return [[place, (value as (...args: string[]) => string)('<1>', '<2>')]];
  return Object.entries(value as object).flatMap(([key, inner]) => sentences(inner, place ? `${place}.${key}` : key));
}

const english = sentences(texts.en, '');
const swedish = new Map(sentences(texts.sv, ''));

// The same in both languages.
const names = ['evidence.subscriberId', 'evidence.ip', 'evidence.columns.hash'];

test.each(english.filter(([place]) => !names.includes(place)))('“%s” is translated', (place, sentence) => {
  const translation = swedish.get(place)!;
  expect(translation.trim()).not.toBe('');
  expect(translation).not.toBe(sentence);
  const inserted = (text: string) => [...text.matchAll(/<\d>/g)].map((match) => match[0]).sort();
  expect(inserted(translation)).toEqual(inserted(sentence));
});
