import { disagreement, type ExecutionState, mayEnd, mayRestart, type Standing } from './reconciliation.js';

const table: Array<[Standing, ExecutionState, string | null]> = [
  ['open', 'running', null],
  ['open', 'ended', 'execution_ended'],
  ['open', 'missing', 'execution_missing'],
  ['over', 'running', 'row_ended'],
  ['over', 'ended', null],
  ['over', 'missing', null],
  ['unstarted', 'running', 'row_unstarted'],
  ['unstarted', 'ended', null],
  ['unstarted', 'missing', null],
  ['none', 'running', 'row_missing'],
  ['none', 'ended', null],
  ['none', 'missing', null],
];

test.each(table)('a row that is %s and an execution that is %s: %s', (standing, execution, code) => {
  expect(disagreement(standing, execution, false)).toBe(code);
  expect(disagreement(standing, execution, true)).toBeNull();
});

test('a campaign of which Temporal saw the end is started again only while it is paused', () => {
  expect(mayRestart('execution_ended', 'campaign', 'paused')).toBe(true);
  expect(mayRestart('execution_ended', 'campaign', 'scheduled')).toBe(false);
  expect(mayRestart('execution_ended', 'campaign', 'freezing')).toBe(false);
  expect(mayRestart('execution_missing', 'campaign', 'freezing')).toBe(true);
  expect(mayRestart('execution_ended', 'doubleOptIn', 'awaiting')).toBe(true);
  expect(mayRestart('ledger_behind', 'campaign', 'paused')).toBe(false);
  expect(mayRestart('row_missing', 'erasure', 'none')).toBe(false);
});

test('only an execution without an open row may be ended', () => {
  expect((['row_missing', 'row_ended', 'row_unstarted'] as const).every(mayEnd)).toBe(true);
  const others = ['execution_missing', 'execution_ended', 'ledger_behind', 'erasure_forgotten'] as const;
  expect(others.some(mayEnd)).toBe(false);
});
