import { describe, expect, it } from 'vitest';
import { nearestStride } from '../src/nearest-stride.js';

/** The smallest of the strides whose map is nearest, by products of integers. */
function bySearch(size: number, wanted: number): number {
  const strides = Array.from({ length: size }, (_, at) => at + 1);
  const parts = (stride: number) => {
    const left = Math.floor((size + stride - 1) / stride);
    return left > wanted ? [left, wanted] : [wanted, left];
  };
  const isNearer = (a: number, b: number) => {
    const [[larger, smaller], [otherLarger, otherSmaller]] = [parts(a), parts(b)];
    return larger! * otherSmaller! < otherLarger! * smaller!;
  };
  return strides.find((stride) => !strides.some((other) => isNearer(other, stride)))!;
}

describe('nearestStride', () => {
  it.each([
    // DiffStride with R = 1 and S = 1.5 keeps 2 · ⌈1 + 32/3⌉ = 24 of 32: 32 is nearer than 16.
    [32, 24, 1],
    [32, 22, 2],
    [32, 18, 2],
    [32, 16, 2],
    // 16 and 8 are equally far from √128 ≈ 11.3.
    [16, 12, 1],
    [16, 11, 2],
    // Strides of 3 and 4 leave the same map.
    [5, 2, 3],
    [7, 1, 7],
    [1, 1, 1],
    // A rounded map may be smaller than the map that is wanted.
    [4, 6, 1],
  ])('leaves a map of %i pixels nearest to %i by a stride of %i', (size, wanted, stride) => {
    expect(nearestStride(size, wanted)).toBe(stride);
  });

  it('agrees with a search at every size', () => {
    for (let size = 1; size <= 40; size++) {
      for (let wanted = 1; wanted <= size + 3; wanted++) {
        const expected = bySearch(size, wanted);
        expect([size, wanted, nearestStride(size, wanted)]).toEqual([size, wanted, expected]);
      }
    }
  });
});
