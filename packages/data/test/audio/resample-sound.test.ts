import { describe, expect, it } from 'vitest';
import { resampleSound } from '../../src/audio/index.js';
import { tone } from './wav-file.js';

/** The largest magnitude in the middle, away from both ends. */
const peak = (x: ArrayLike<number>) =>
  Array.from(x)
    .slice(Math.floor(x.length / 4), Math.floor((3 * x.length) / 4))
    .reduce((max, value) => Math.max(max, Math.abs(value)), 0);

describe('resampleSound', () => {
  it.each([
    [44_100, 16_000],
    [8000, 16_000],
    [16_000, 8000],
    [22_050, 48_000],
    [8000, 7999],
  ])('keeps a tone below both Nyquist frequencies, %i → %i Hz', (from, to) => {
    const hertz = 997;
    const y = resampleSound(Float32Array.from(tone(hertz, 0.5, from)), from, to);
    expect(y).toHaveLength(Math.ceil((Math.round(0.5 * from) * to) / from));
    const want = tone(hertz, 0.6, to);
    expect(peak(y.map((value, i) => value - want[i]!))).toBeLessThan(2e-4);
  });

  it('removes frequencies above the lower Nyquist frequency without aliasing', () => {
    const y = resampleSound(Float32Array.from(tone(10_000, 0.5, 44_100)), 44_100, 16_000);
    expect(peak(y)).toBeLessThan(0.5 * 10 ** (-70 / 20));
  });

  it('returns the same samples at equal rates, and accepts one sample', () => {
    const x = Float32Array.of(1, 2, 3);
    expect(resampleSound(x, 8000, 8000)).toBe(x);
    expect(resampleSound(Float32Array.of(0.5), 8000, 16_000)).toHaveLength(2);
  });

  it('throws on invalid rates', () => {
    expect(() => resampleSound(new Float32Array(1), 0, 8000)).toThrow(
      'resampleSound: from must be an integer >= 1 Hz, got 0',
    );
    expect(() => resampleSound(new Float32Array(1), 8000, 0.5)).toThrow('to must be an integer');
  });
});
