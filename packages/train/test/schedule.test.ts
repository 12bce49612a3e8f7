import { ConfigError } from '@ds/checks';
import { describe, expect, it } from 'vitest';
import { constant, cosine, piecewise } from '../src/index.js';

describe('schedules', () => {
  it('piecewise changes at its boundaries', () => {
    const rate = piecewise([400, 18_000, 32_000], [0.01, 0.1, 0.01, 0.001]);
    expect([0, 399, 400, 17_999, 18_000, 32_000, 1e6].map(rate)).toEqual([
      0.01, 0.01, 0.1, 0.1, 0.01, 0.001, 0.001,
    ]);
  });

  it('cosine rises, falls, and ends at 0', () => {
    const rate = cosine(0.4, 14, { warmup: 4 });
    expect([0, 1, 2, 3].map(rate)).toEqual([0.1, 0.2, expect.closeTo(0.3), 0.4]);
    expect(rate(4)).toBe(0.4);
    expect(rate(9)).toBeCloseTo(0.2, 12);
    expect(rate(14)).toBeCloseTo(0, 12);
    expect(rate(99)).toBeCloseTo(0, 12);
  });

  it.each([
    [() => constant(-1), 'constant: rate must be finite and >= 0, got -1'],
    [() => piecewise([1], [1]), 'piecewise: rates must have 2 values for 1 boundaries, got 1'],
    [() => piecewise([2, 1], [1, 1, 1]), 'piecewise: boundaries must ascend, got [2, 1]'],
    [() => cosine(0.1, 0), 'cosine: totalSteps must be an integer >= 1, got 0'],
    [() => cosine(0.1, 5, { warmup: 6 }), 'cosine: warmup must be an integer in 0 … 5, got 6'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(new ConfigError(message));
  });
});
