import { expect, it } from 'vitest';
import { intervalText, pairedInterval, varianceRatio } from '../scripts/paired-interval.mjs';

it('has the interval of Student’s t', () => {
  // The tables of t: 2.571 with 5 degrees of freedom, 12.706 with 1.
  const values = [1, 2, 3, 4, 5, 6];
  const { mean, halfWidth, isClear } = pairedInterval(values);
  expect(mean).toBe(3.5);
  expect(halfWidth).toBeCloseTo((2.5706 * Math.sqrt(3.5)) / Math.sqrt(6), 3);
  expect(isClear).toBe(true);
  const two = pairedInterval([1, 2]);
  expect(two.halfWidth).toBeCloseTo(12.706 * 0.5, 2);
  expect(two.isClear).toBe(false);
});

it('is written with its sign', () => {
  expect(intervalText([1, 2])).toBe('+1.5 ± 6.4');
  expect(intervalText([-1, -2])).toBe('−1.5 ± 6.4');
});

it('compares deviations by the table of F', () => {
  const { ratio, limit } = varianceRatio(3, 2, 6);
  expect(ratio).toBe(2.25);
  expect(limit).toBeCloseTo(7.146, 2);
});
