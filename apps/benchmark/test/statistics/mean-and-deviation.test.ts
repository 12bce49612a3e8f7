import { expect, it } from 'vitest';
import { meanAndDeviation } from '../../src/statistics/mean-and-deviation.js';

it('has the sample deviation, and none of a single value', () => {
  expect(meanAndDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
    mean: 5,
    deviation: expect.closeTo(Math.sqrt(32 / 7)),
  });
  expect(meanAndDeviation([3])).toEqual({ mean: 3, deviation: null });
});
