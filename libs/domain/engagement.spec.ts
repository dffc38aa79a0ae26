import { defaultMailRating, shownMailRating } from './engagement.js';

test.each([
  [null, 'granted', 'unknown'],
  [null, 'none', 'unknown'],
  [4.5, 'granted', 4.5],
  [0, 'granted', 0],
  [0, 'none', 'unknown'],
  [0.5, 'withdrawn', 'unknown'],
  [defaultMailRating, 'none', defaultMailRating],
])('a rating of %s, with tracking consent %s, is shown as %s', (rating, consent, shown) => {
  expect(shownMailRating(rating, consent)).toBe(shown);
});
