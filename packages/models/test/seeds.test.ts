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

it.each([9e12, 1e14, 2 ** 53 - 1, -(2 ** 53 - 1)])(
  'gives separate safe integers for %i',
  (seed) => {
    const { kernels, poolings } = seedsOf(seed);
    const seeds = [
      ...Array.from({ length: 900 }, kernels),
      ...Array.from({ length: 100 }, poolings),
    ];
    expect(new Set(seeds).size).toBe(1000);
    expect(seeds.every(Number.isSafeInteger)).toBe(true);
  },
);

it('keeps the seeds of every product that is exact', () => {
  expect(take(seedsOf(9e12).kernels)).toEqual([9e15, 9e15 + 1, 9e15 + 2]);
  expect(take(seedsOf(-3).poolings)).toEqual([-2100, -2099, -2098]);
});
