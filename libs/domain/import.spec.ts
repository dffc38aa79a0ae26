import { subscriptionStatuses } from './consent.js';
import { type ImportFacts, importObstacle } from './import.js';

const welcome: ImportFacts = {
  blocked: false,
  suppressed: false,
  restricted: false,
  objected: false,
  statuses: ['none'],
  dated: true,
};

test.each(subscriptionStatuses)('a contact that is %s on the only list', (status) => {
  expect(importObstacle({ ...welcome, statuses: [status] })).toBe(status === 'unsubscribed' ? 'unsubscribed' : null);
});

test('who left one list may still come in on another', () => {
  expect(importObstacle({ ...welcome, statuses: ['unsubscribed', 'none'] })).toBeNull();
});

test('the first reason is the one that is told, from what outlives the card to what the file lacks', () => {
  const facts: ImportFacts = {
    blocked: true,
    suppressed: true,
    restricted: true,
    objected: true,
    statuses: ['unsubscribed'],
    dated: false,
  };
  const told = [];
  for (const cured of ['blocked', 'suppressed', 'restricted', 'objected'] as const) {
    told.push(importObstacle(facts));
    facts[cured] = false;
  }
  told.push(importObstacle(facts));
  told.push(importObstacle({ ...facts, statuses: ['none'] }));
  expect(told).toEqual(['address_blocked', 'suppressed', 'restricted', 'objected', 'unsubscribed', 'evidence_missing']);
});
