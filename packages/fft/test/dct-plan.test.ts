import { unitSequence } from '@ds/testing';
import { describe, expect, it } from 'vitest';
import { Dct } from '../src/plan.js';

/** The DCT-II by its definition. */
const bySum = (x: ArrayLike<number>) =>
  Array.from(x, (_, k) => {
    const term = (value: number, t: number) =>
      2 * value * Math.cos((Math.PI * k * (2 * t + 1)) / (2 * x.length));
    return Array.from(x, term).reduce((sum, value) => sum + value, 0);
  });

describe('Dct', () => {
  it.each([1, 2, 3, 4, 5, 8, 17, 30, 61])('is the sum of its definition at length %d', (n) => {
    const plan = new Dct(n);
    const x = unitSequence(n, n);
    const want = bySum(x);
    const got = plan.forward(x);
    expect(got).toBeInstanceOf(Float64Array);
    got.forEach((value, k) => {
      expect(value).toBeCloseTo(want[k]!, 12);
    });
    plan.inverse(got).forEach((value, t) => {
      expect(value).toBeCloseTo(x[t]!, 13);
    });
  });

  it('writes into an array of the caller, which may be the input', () => {
    const plan = new Dct(6);
    const x = unitSequence(3, 6);
    const want = plan.forward(x);
    const single = plan.forward(x, new Float32Array(6));
    expect([...single]).toEqual([...Float32Array.from(want)]);
    const own = x.slice();
    expect(plan.forward(own, own)).toBe(own);
    expect([...own]).toEqual([...want]);
    expect([...plan.inverse(own, own)]).toEqual([...plan.inverse(want)]);
  });

  it('refuses lengths and arrays that do not fit', () => {
    expect(() => new Dct(0)).toThrow('Dct: length must be an integer >= 1, got 0');
    const plan = new Dct(3);
    expect(() => plan.forward([1, 2])).toThrow('Dct.forward: x must have 3 values, got 2');
    expect(() => plan.inverse([1, 2, 3], new Float64Array(2))).toThrow(
      'Dct.inverse: out must have 3 values, got 2',
    );
  });
});
