import { describe, expect, it } from 'vitest';
import { randomStream } from '../src/index.js';
import { centralCrop, randomResizedCrop } from '../src/random-resized-crop.js';

describe('randomResizedCrop', () => {
  it('stays inside the image, and within the ranges of area and aspect ratio', () => {
    const random = randomStream(1);
    const areas: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const { left, top, width, height } = randomResizedCrop(160, 120, random);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(left + width).toBeLessThanOrEqual(160);
      expect(top + height).toBeLessThanOrEqual(120);
      // Sides are whole pixels.
      expect(width / height).toBeGreaterThan(0.72);
      expect(width / height).toBeLessThan(1.38);
      areas.push((width * height) / (160 * 120));
    }
    expect(Math.min(...areas)).toBeGreaterThan(0.07);
    expect(Math.max(...areas)).toBeGreaterThan(0.9);
  });

  it.each([
    [1, 1, { left: 0, top: 0, width: 1, height: 1 }],
    [1000, 10, { left: 493, top: 0, width: 13, height: 10 }],
  ])('falls back to the central crop of %i×%i', (width, height, crop) => {
    // A stream whose crops never fit.
    const random = { uniform: () => 0.999, integer: () => 0 };
    expect(randomResizedCrop(width, height, random)).toEqual(crop);
  });
});

describe('centralCrop', () => {
  it.each([
    [256, 256, { left: 16, top: 16, width: 224, height: 224 }],
    [500, 256, { left: 138, top: 16, width: 224, height: 224 }],
    [1, 3, { left: 0, top: 1, width: 1, height: 1 }],
  ])('of %i×%i', (width, height, crop) => {
    expect(centralCrop(width, height)).toEqual(crop);
  });
});
