import { describe, expect, it } from 'vitest';
import { stratifiedDraw } from '../src/stratified-draw.js';

/** Labels with the given number of items in each class, class by class. */
const sorted = (...sizes: number[]) =>
  sizes.flatMap((n, label) => new Array<number>(n).fill(label));

/** The number of items of each class in a draw. */
function counts(labels: number[], drawn: number[]): number[] {
  const found = new Array<number>(Math.max(...labels) + 1).fill(0);
  for (const at of drawn) found[labels[at]!]! += 1;
  return found;
}

describe('stratifiedDraw', () => {
  it.each([
    [[10, 10, 10], 12],
    [[10, 10, 10], 11],
    [[40, 10, 1], 17],
    [[3, 7], 1],
    [[5, 1, 9, 2], 17],
    [[997], 13],
  ])('of classes of %j draws %i in proportion', (sizes, count) => {
    const labels = sorted(...sizes);
    for (let seed = 0; seed < 20; seed++) {
      const drawn = stratifiedDraw(labels, count, seed);
      expect(drawn).toHaveLength(count);
      expect(new Set(drawn).size).toBe(count);
      counts(labels, drawn).forEach((got, label) => {
        const share = (count * sizes[label]!) / labels.length;
        expect(got).toBeGreaterThanOrEqual(Math.floor(share));
        expect(got).toBeLessThanOrEqual(Math.ceil(share));
      });
    }
  });

  it('draws equal indices for equal seeds, different ones for different seeds', () => {
    const labels = sorted(50, 50);
    expect(stratifiedDraw(labels, 20, 3)).toEqual(stratifiedDraw(labels, 20, 3));
    expect(stratifiedDraw(labels, 20, 4)).not.toEqual(stratifiedDraw(labels, 20, 3));
  });

  it('draws every item equally often', () => {
    const labels = [0, 1, 1, 1, 0, 2, 1, 0];
    const seeds = 4000;
    const often = new Array<number>(8).fill(0);
    for (let seed = 0; seed < seeds; seed++) {
      for (const at of stratifiedDraw(labels, 3, seed)) often[at]! += 1;
    }
    // The bound is five standard deviations around 3/8.
    const room = 5 * Math.sqrt(seeds * (3 / 8) * (5 / 8));
    for (const times of often) expect(Math.abs(times - (3 / 8) * seeds)).toBeLessThan(room);
  });

  it('shuffles the classes', () => {
    const labels = sorted(100, 100);
    const head = stratifiedDraw(labels, 200, 1).slice(0, 50);
    expect(Math.min(...counts(labels, head))).toBeGreaterThan(10);
  });
});
