import { randomStream } from '@ds/data';
import { describe, expect, it } from 'vitest';
import { medianInterval } from '../../src/speed/median-interval.js';

/** P(B ≤ k) of n fair coins, summed over all outcomes. */
function tail(n: number, k: number): number {
  let count = 0;
  for (let outcome = 0; outcome < 2 ** n; outcome++) {
    if ([...outcome.toString(2)].filter((bit) => bit === '1').length <= k) count += 1;
  }
  return count / 2 ** n;
}

describe('medianInterval', () => {
  it.each([6, 9, 10, 13])('takes the narrowest ranks that cover 95 %% with %i values', (n) => {
    const values = Array.from({ length: n }, (_, i) => i);
    const { low, high } = medianInterval(values.toReversed(), 0.95)!;
    expect(high).toBe(n - 1 - low);
    expect(2 * tail(n, low)).toBeLessThanOrEqual(0.05);
    expect(2 * tail(n, low + 1)).toBeGreaterThan(0.05);
  });

  it('needs 6 values for 95 % and 8 for 99 %', () => {
    const first = (confidence: number) =>
      Array.from({ length: 20 }, (_, n) => n + 1).find(
        (n) => medianInterval(Array(n).fill(1), confidence) !== null,
      );
    expect([first(0.95), first(0.99)]).toEqual([6, 8]);
  });

  it('contains the true median as often as it says, for a skewed distribution', () => {
    const random = randomStream(7, 1);
    let within = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const values = Array.from({ length: 15 }, () => -Math.log(random.uniform()));
      const { low, high } = medianInterval(values, 0.95)!;
      if (low <= Math.LN2 && Math.LN2 <= high) within += 1;
    }
    // 2000 · 0.9648 ± 3 standard deviations.
    expect(within / 2000).toBeGreaterThan(0.95);
    expect(within / 2000).toBeLessThan(0.98);
  });

  it('returns the mean of the middle values as the median of an even number', () => {
    expect(medianInterval([4, 1, 2, 3, 9, 8], 0.95)!.median).toBe(3.5);
  });
});
