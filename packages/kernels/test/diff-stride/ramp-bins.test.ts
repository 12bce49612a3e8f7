import { describe, expect, it } from 'vitest';
import type { DiffStrideAttributes, KeptBand } from '../../src/diff-stride/contract.js';
import {
  areProjectionsCheaper,
  columnBins,
  rampsOf,
  rowBins,
} from '../../src/diff-stride/ramp-bins.js';

/** All rows of an image, and the columns of its half-spectrum, as published. */
function attributes(height: number, width: number, smoothness: number): DiffStrideAttributes {
  const band = (size: number, count: number): KeptBand => ({
    inputSize: size,
    outputSize: size,
    frequencies: Array.from({ length: count }, (_, k) => ({
      source: k,
      target: k,
      distance: 2 * k <= size ? k : size - k - 1,
    })),
  });
  return {
    rows: band(height, height),
    columns: band(width, Math.floor(width / 2) + 1),
    smoothness,
    norm: 'backward',
    minimum: [1, 1],
    lowerLimit: 1,
    upperLimit: 100,
  };
}

describe('the bins of an axis', () => {
  it('of rows represent k and −k, with both distances', () => {
    const bins = rowBins(attributes(4, 1, 1));
    const kept = (distance: number) => ({ distance, weight: 1 / 4 });
    // Bin 2 is its own mirror image, as is bin 0.
    expect(bins).toEqual([
      { k: 0, positive: kept(0), negative: { distance: 0, weight: 0 } },
      { k: 1, positive: kept(1), negative: kept(0) },
      { k: 2, positive: kept(2), negative: { distance: 2, weight: 0 } },
    ]);
  });

  it('of columns weigh twice if they also represent their mirror images', () => {
    const bins = columnBins(attributes(1, 4, 1));
    expect(bins.map(({ k, positive }) => [k, positive.weight])).toEqual([
      [0, 1 / 4],
      [1, 2 / 4],
      [2, 1 / 4],
    ]);
    expect(bins.every(({ negative }) => negative.weight === 0)).toBe(true);
  });
});

describe('rampsOf', () => {
  it.each([
    [24, 20, 4],
    [23, 19, 2.5],
    [9, 40, 0],
    [16, 16, 99],
  ])('bounds the bins on any ramp, %i×%i, R = %f', (height, width, smoothness) => {
    const given = attributes(height, width, smoothness);
    const { bins, most } = rampsOf(given)!;
    [rowBins(given), columnBins(given)].forEach((all, axis) => {
      expect(bins[axis]).toBe(all.length);
      let largest = 0;
      for (let start = 0; start <= height + width; start += 0.25) {
        const isOnRamp = ({ distance }: { distance: number }) =>
          distance >= start && distance <= start + smoothness;
        const found = all.filter((bin) => isOnRamp(bin.positive) || isOnRamp(bin.negative));
        largest = Math.max(largest, found.length);
      }
      expect(most[axis]).toBe(largest);
    });
  });

  it('has no bins on the ramp of an axis whose half size cannot change', () => {
    expect(rampsOf(attributes(1, 30, 4))!.most).toEqual([0, 5]);
    const limited = { ...attributes(30, 30, 4), minimum: [15, 16] as [number, number] };
    expect(rampsOf(limited)!.most).toEqual([6, 0]);
  });

  it('is null if the distances do not rise', () => {
    const given = attributes(8, 8, 4);
    given.columns.frequencies[1]!.distance = 9;
    expect(rampsOf(given)).toBeNull();
    expect(areProjectionsCheaper(given)).toBe(false);
  });
});

describe('areProjectionsCheaper', () => {
  it('holds for a short ramp of a large image', () => {
    expect(areProjectionsCheaper(attributes(112, 112, 4))).toBe(true);
    expect(areProjectionsCheaper(attributes(112, 112, 1000))).toBe(false);
    expect(areProjectionsCheaper(attributes(8, 8, 4))).toBe(false);
  });

  it('holds for a line', () => {
    expect(areProjectionsCheaper(attributes(1, 400, 4))).toBe(true);
  });
});
