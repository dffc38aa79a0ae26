import { basename } from 'node:path';
import { trackedFiles } from './read-tree.js';

const lengthLimit = 400;
/** A file may outgrow the limit by this much before the tests refuse it: moving one function should not fail a build. */
const lengthTolerance = 50;

const vagueNames = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'base'];
const forbiddenWords = ['GDPR-approved', 'fully compliant', 'anonymised', 'anonymized', 'impossible to identify'];
const registryHosts = ['registry.npmjs', 'pypi.org', 'proxy.golang', 'crates.io', 'repo.maven'];

const handwritten = /\.(?:ts|js|mjs|css|html|liquid|sh)$|^\.ci\//;
const generated = /(?:^|\/)generated\//;

const files = trackedFiles();
const outsideTheseTests = [...files].filter(([path]) => !path.startsWith('test/architecture/'));

function mentions(word: string): string[] {
  const sought = word.toLowerCase();
  return outsideTheseTests.flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => (line.toLowerCase().includes(sought) ? [`${path}:${index + 1}`] : [])),
  );
}

test('git knows the files that are checked', () => {
  expect(files.has('package.json')).toBe(true);
});

test('a name says what the file or folder is about', () => {
  const vague = [...files.keys()].filter((path) =>
    path.split(/[/._-]/).some((part) => vagueNames.includes(part.toLowerCase())),
  );
  expect(vague).toEqual([]);
});

test('no file is too long to be read in one go', () => {
  const lengths = [...files]
    .filter(([path]) => handwritten.test(path) && !generated.test(path))
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }));
  const overlong = lengths.filter(({ lines }) => lines > lengthLimit);
  const asText = overlong.map(({ path, lines }) => `${path} has ${lines} lines`);
  if (asText.length > 0) process.stderr.write(`Longer than ${lengthLimit} lines:\n  ${asText.join('\n  ')}\n`);
  expect(asText.filter((_, i) => overlong[i]!.lines > lengthLimit + lengthTolerance)).toEqual([]);
});

test.each(forbiddenWords)('nothing claims "%s"', (word) => {
  expect(mentions(word)).toEqual([]);
});

test.each(registryHosts)('nothing depends on the host %s', (host) => {
  expect(mentions(host)).toEqual([]);
});

test('specs end in .spec.ts, which is how they are found', () => {
  const lost = [...files.keys()].filter((path) => /[.-](?:test|tests|specs)\.[cm]?[jt]sx?$/.test(basename(path)));
  expect(lost).toEqual([]);
});
