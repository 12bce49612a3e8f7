import { describe, expect, it } from 'vitest';
import { namesAtEnds } from '../src/panels/names-at-ends.js';

describe('namesAtEnds', () => {
  it.each([
    [[20, 50, 80]],
    [[99, 100, 100, 100, 98, 100, 100, 97]],
    [[0, 0, 0, 0]],
    [[50, 50.1, 12, 49.9]],
  ])('of %o are apart, in order and within the plot', (probabilities) => {
    const named = namesAtEnds(probabilities.map((probability) => ({ probability })));
    expect(named.map(({ probability }) => probability)).toEqual(
      probabilities.toSorted((a, b) => a - b),
    );
    for (const [i, { at }] of named.entries()) {
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(100);
      if (i > 0) expect(at - named[i - 1]!.at).toBeGreaterThanOrEqual(8 - 1e-9);
    }
  });

  it('leaves names where they are if there is room', () => {
    const ends = [{ probability: 80 }, { probability: 20 }];
    expect(namesAtEnds(ends).map(({ at }) => at)).toEqual([20, 80]);
  });
});
