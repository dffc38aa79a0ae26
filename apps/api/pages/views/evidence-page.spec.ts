import { type EvidenceEvent, evidencePage } from './evidence-page.js';

const asked: EvidenceEvent = {
  sequence: 1,
  kind: 'requested',
  channel: 'email',
  listName: 'Weekly letter',
  occurredAt: '2026-03-01T10:00:00.123Z',
  ip: '192.0.2.7',
  userAgent: 'Mozilla/5.0 (X11)',
  wording: 'Send me the weekly letter.',
  reported: false,
  hash: 'ab'.repeat(32),
};
const told: EvidenceEvent = {
  sequence: 2,
  kind: 'reported',
  occurredAt: '2026-03-02T10:00:00.000Z',
  reported: true,
  hash: 'cd'.repeat(32),
};
const model = {
  language: 'en' as const,
  subscriberId: 'S-7Q2',
  events: [asked],
  chainValid: true,
  printedAt: '2026-04-01T08:00:00.000Z',
};

test('the proof shows what happened, when, from where, with which wording, and its hash', () => {
  const document = evidencePage(model);
  for (const text of [
    'S-7Q2',
    'asked to be signed up',
    '<code>requested</code>',
    'Weekly letter',
    '2026-03-01 10:00:00 UTC',
    'IP 192.0.2.7',
    'Mozilla/5.0 (X11)',
    'Send me the weekly letter.',
    asked.hash,
    '2026-04-01 08:00:00 UTC',
  ]) {
    expect(document).toContain(text);
  }
});

test('what was not recorded is said not to be, and a reported event is marked and explained', () => {
  const [, first, second] = evidencePage({ ...model, events: [asked, told] }).split(
    '<tr>\n<th class="number" scope="row">',
  );
  expect(first).not.toContain('none recorded');
  expect(first).not.toContain('class="mark"');
  expect(second!.match(/none recorded/g)).toHaveLength(2);
  expect(second).toContain('<p class="mark">reported</p>');
  expect(second).toContain('was told to us by another system');
  expect(evidencePage(model)).not.toContain('was told to us by another system');
});

test('a chain that does not hold is said not to hold, also when no event is left', () => {
  expect(evidencePage(model)).toContain('The hash chain holds');
  for (const events of [[asked], []]) {
    const document = evidencePage({ ...model, events, chainValid: false });
    expect(document).toContain('The hash chain does not hold');
    expect(document).not.toContain('The hash chain holds');
  }
});

test('a code without a translation is shown as it is', () => {
  const document = evidencePage({ ...model, language: 'sv', events: [{ ...asked, kind: 'toString', channel: 'fax' }] });
  expect(document).toContain('<code>toString</code>');
  expect(document).toContain('<p>fax</p>');
  expect(document).not.toContain('native code');
});

test('a contact without events gets a page that says so', () => {
  const document = evidencePage({ ...model, events: [] });
  expect(document).toContain('No consent event is recorded.');
  expect(document).not.toContain('<table');
});
