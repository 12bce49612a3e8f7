import { describe, expect, it } from 'vitest';
import { integerTicks } from '../../src/report/integer-ticks.js';

describe('integerTicks', () => {
  it.each([
    [1, 1, 10, [1]],
    [0, 1, 3, [0, 1]],
    [1, 4, 10, [1, 2, 3, 4]],
    [0, 7, 3, [0, 5]],
    [0, 100, 3, [0, 50, 100]],
    [1, 26, 10, [1, 6, 11, 16, 21, 26]],
    [0, 78_000, 3, [0, 50_000]],
  ])('from %i to %i, at most %i', (first, last, most, ticks) => {
    expect(integerTicks(first, last, most)).toEqual(ticks);
  });

  it('are whole numbers and no more than asked for', () => {
    for (let last = 1; last < 3000; last += 7) {
      const ticks = integerTicks(0, last, 5);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.length).toBeGreaterThanOrEqual(last > 2 ? 2 : 1);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)!).toBeLessThanOrEqual(last);
    }
  });
});
