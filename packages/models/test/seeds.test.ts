import { expect, it } from 'vitest';
import { seedsOf } from '../src/seeds.js';

const take = (next: () => number | undefined) => Array.from({ length: 3 }, next);

it('gives separate seeds to kernels and poolings, in order', () => {
  const { kernels, poolings } = seedsOf(2);
  expect(take(kernels)).toEqual([2000, 2001, 2002]);
  expect(take(poolings)).toEqual([2900, 2901, 2902]);
  expect(kernels()).toBe(2003);
});

it('never gives 0, which tfjs treats as no seed', () => {
  expect(take(seedsOf(0).kernels)).toEqual([999, 1, 2]);
});

it('gives no seeds to a model without a seed', () => {
  const { kernels, poolings } = seedsOf(undefined);
  expect([...take(kernels), ...take(poolings)]).toEqual(Array(6).fill(undefined));
});
