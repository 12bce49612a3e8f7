import { describe, expect, it } from 'vitest';
import { fftFrequencies, fftshift, ifftshift, rfftFrequencies } from '../src/plan.js';

describe('frequencies', () => {
  it('equal numpy’s', () => {
    expect([...fftFrequencies(8, 0.1)].map((f) => f.toFixed(2))).toEqual([
      '0.00',
      '1.25',
      '2.50',
      '3.75',
      '-5.00',
      '-3.75',
      '-2.50',
      '-1.25',
    ]);
    expect([...fftFrequencies(5)].map((f) => f.toFixed(1))).toEqual([
      '0.0',
      '0.2',
      '0.4',
      '-0.4',
      '-0.2',
    ]);
    expect([...rfftFrequencies(5, 0.5)].map((f) => f.toFixed(1))).toEqual(['0.0', '0.4', '0.8']);
    expect([...rfftFrequencies(4)]).toEqual([0, 0.25, 0.5]);
  });

  it('move to the middle and back, odd lengths too', () => {
    const x = Float64Array.of(0, 1, 2, -2, -1);
    expect([...fftshift(x)]).toEqual([-2, -1, 0, 1, 2]);
    expect([...ifftshift(fftshift(x))]).toEqual([...x]);
    expect([...fftshift(Float32Array.of(0, 1, -2, -1))]).toEqual([-2, -1, 0, 1]);
    expect([...x]).toEqual([0, 1, 2, -2, -1]);
  });

  it('refuse a wrong length and a wrong spacing', () => {
    expect(() => fftFrequencies(0)).toThrow(
      'fftFrequencies: length must be an integer >= 1, got 0',
    );
    expect(() => rfftFrequencies(4, 0)).toThrow(
      'rfftFrequencies: spacing must be a finite number > 0, got 0',
    );
  });
});
