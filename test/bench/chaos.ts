import { randomBytes } from 'node:crypto';
import { describeMoment, drawMoments } from './chaos/moments.js';
import { Stand } from './chaos/stand.js';
import { tryMoment } from './chaos/try-moment.js';
import type { BenchOptions } from './main.js';

export interface ChaosResult {
  moments: number;
  right: number;
  wrong: number;
  seed: string;
}

/**
 * Kills a random part at a random moment of a random flow, n times, and looks whether each flow still came to the right
 * end. The moments are those of the seed; what the machine was doing in that moment is not repeated with them.
 */
export async function run({
  n = 20,
  seed = randomBytes(4).toString('hex'),
  onProgress,
}: BenchOptions): Promise<object> {
  const result: ChaosResult = { moments: n, right: 0, wrong: 0, seed };
  onProgress(`seed ${seed}`);
  const stand = await Stand.open((line) => onProgress(`  ${line}`));
  try {
    for (const [index, moment] of drawMoments(n, seed).entries()) {
      const begun = Date.now();
      const wrongs = await tryMoment(stand, moment);
      const line = `${index + 1}/${n}  ${describeMoment(moment)}  (${((Date.now() - begun) / 1000).toFixed(1)} s)`;
      onProgress(wrongs.length === 0 ? `${line}  right` : `${line}  WRONG: ${wrongs.join('; ')}`);
      if (wrongs.length === 0) result.right += 1;
      else result.wrong += 1;
    }
  } finally {
    await stand.close();
  }
  if (result.wrong > 0) onProgress(`repeat with: npm run bench -- chaos --n ${n} --seed ${seed}`);
  return result;
}

export function isRight(result: object): boolean {
  return (result as ChaosResult).wrong === 0;
}
