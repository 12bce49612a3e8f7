import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { kindsOf } from '../../src/plan/measure-kinds.js';
import { duration } from '../../src/text/units.js';

describe('kindsOf', () => {
  it('groups runs whose steps cost the same', () => {
    const base = makeConfig({ preset: 'smoke', pooling: 'conv' });
    const kinds = kindsOf([
      base,
      { ...base, seed: 2, lambda: 1, epochs: 7, trainImages: 'all' },
      { ...base, width: 16 },
      { ...base, strides: [1, 1, 2, 2, 2], seed: 3 },
    ]);
    expect(kinds.map(({ configs }) => configs.length)).toEqual([2, 1, 1]);
    expect(new Set(kinds.map(({ label }) => label)).size).toBe(3);
  });
});

describe('duration', () => {
  it.each([
    [1.5, '1.5 s'],
    [119, '119 s'],
    [120, '2 min'],
    [86_400, '24 h'],
    [10 * 86_400, '10 days'],
    [3 * 365.25 * 86_400, '3 years'],
  ])('of %d s is %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
