import { describe, expect, it } from 'vitest';
import { specAugment } from '../../src/audio/index.js';

const [FRAMES, BANDS] = [12, 7];
const ones = () => new Float32Array(FRAMES * BANDS).fill(1);
const SHAPE: [number, number] = [FRAMES, BANDS];

/** The masked bands and frames: all their values are 0. */
function maskedOf(values: Float32Array) {
  const isZero = (indices: number[]) => indices.every((i) => values[i] === 0);
  const frames = Array.from({ length: FRAMES }, (_, m) => m);
  const bands = Array.from({ length: BANDS }, (_, b) => b);
  return {
    bands: bands.filter((b) => isZero(frames.map((m) => m * BANDS + b))),
    frames: frames.filter((m) => isZero(bands.map((b) => m * BANDS + b))),
    values: values.filter((value) => value === 0).length,
  };
}

describe('specAugment', () => {
  it('masks one run of bands and one run of frames, of every width and at every place', () => {
    const seen = {
      widths: new Set<number>(),
      lengths: new Set<number>(),
      bands: new Set<number>(),
    };
    for (let seed = 0; seed < 300; seed++) {
      const options = { frequencyWidth: 3, timeWidth: 4 };
      const { bands, frames, values } = maskedOf(specAugment(ones(), SHAPE, options, seed));
      for (const places of [bands, frames]) {
        places.forEach((place, i) => {
          expect(place).toBe(places[0]! + i);
        });
      }
      expect(values).toBe(
        bands.length * FRAMES + frames.length * BANDS - bands.length * frames.length,
      );
      seen.widths.add(bands.length);
      seen.lengths.add(frames.length);
      for (const band of bands) seen.bands.add(band);
    }
    expect([...seen.widths].sort()).toEqual([0, 1, 2, 3]);
    expect([...seen.lengths].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(seen.bands.size).toBe(BANDS);
  });

  it('draws the width of a mask uniformly', () => {
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++) {
      const masked = specAugment(ones(), SHAPE, { frequencyWidth: 3, timeMasks: 0 }, seed);
      counts[maskedOf(masked).bands.length]! += 1;
    }
    // 4 standard deviations of a binomial with 4,000 draws are 110.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
  });

  it('has at most a share of the frames in a mask', () => {
    for (let seed = 0; seed < 50; seed++) {
      const masked = specAugment(ones(), SHAPE, { timeWidth: 100, timeShare: 0.25 }, seed);
      expect(maskedOf(masked).frames.length).toBeLessThanOrEqual(3);
    }
  });

  it('is pure in its seeds, and changes no input', () => {
    const input = ones();
    const options = { frequencyWidth: 5, frequencyMasks: 2, timeWidth: 6, timeMasks: 2 };
    const once = specAugment(input, SHAPE, options, 1, 2);
    expect(specAugment(input, SHAPE, options, 1, 2)).toEqual(once);
    expect(specAugment(input, SHAPE, options, 1, 3)).not.toEqual(once);
    expect(input).toEqual(ones());
  });

  it('throws on wrong input', () => {
    expect(() => specAugment(ones(), SHAPE, {}, 1, 0.5)).toThrow(
      'specAugment: seeds[1] must be an integer, got 0.5',
    );
    expect(() => specAugment(new Float32Array(3), [2, 2], {}, 1)).toThrow(
      'specAugment: spectrogram must have 4 values, got 3',
    );
    expect(() => specAugment(ones(), SHAPE, { timeShare: 2 }, 1)).toThrow(
      /^specAugment: timeShare must be/,
    );
  });
});
