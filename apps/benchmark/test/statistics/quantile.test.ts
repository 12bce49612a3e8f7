import { expect, it } from 'vitest';
import { median } from '../../src/statistics/median.js';
import { quantile } from '../../src/statistics/quantile.js';

it('quantiles are between the values', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([1, 2], 0.5)).toBe(1.5);
  expect(quantile([5], 0.9)).toBe(5);
  expect(quantile([], 0.5)).toBeNaN();
});

it('the median of an even number of values is the mean of the middle two', () => {
  const values = [9, 1, 4, 2];
  expect(median(values)).toBe(3);
  expect(median(values.slice(1))).toBe(2);
  expect(median([])).toBe(0);
  expect(values).toEqual([9, 1, 4, 2]);
});
