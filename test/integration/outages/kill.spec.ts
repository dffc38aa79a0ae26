import { describeMoment, type Moment } from '../../bench/chaos/moments.js';
import { Stand } from '../../bench/chaos/stand.js';
import { tryMoment } from '../../bench/chaos/try-moment.js';

/** One of each part. The long random run is `npm run bench -- chaos --n 20`. */
const moments: Moment[] = [
  { part: 'api', flow: 'opt-in', delayMs: 30 },
  { part: 'worker', flow: 'erasure', delayMs: 60 },
  { part: 'temporal', flow: 'campaign', delayMs: 250 },
  { part: 'postgres', flow: 'resubscription', delayMs: 120 },
];

describe('a part that is killed with -9', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await Stand.open(() => undefined);
  }, 120_000);
  afterAll(() => stand?.close());

  test.each(moments.map((moment) => [describeMoment(moment), moment] as const))(
    'leaves the right state: %s',
    async (_, moment) => {
      expect(await tryMoment(stand, moment)).toEqual([]);
    },
    240_000,
  );
});
