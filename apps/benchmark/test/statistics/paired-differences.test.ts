import { describe, expect, it } from 'vitest';
import { differenceSentence, pairedDifferences } from '../../src/statistics/paired-differences.js';
import { testedOn } from '../audio-table/tested-on.js';
import { runResult } from '../run-result.js';

describe('pairedDifferences', () => {
  it('are those of runs with equal strides and seeds, with the interval of Student', () => {
    const results = [
      ...[0.5, 0.6, 0.7].map((accuracy, seed) => runResult('conv', seed, accuracy)),
      // Of another order, and one without a partner.
      ...[0.74, 0.66, 0.55].map((accuracy, i) => runResult('spectral', 2 - i, accuracy)),
      runResult('spectral', 9, 0.1),
    ];
    const [difference, ...more] = pairedDifferences(results, ['conv', 'spectral', 'blur']);
    expect(more).toEqual([]);
    expect(difference).toMatchObject({ pooling: 'spectral', against: 'conv', pairs: 3 });
    // Differences 0.05, 0.06 and 0.04: mean 0.05, deviation 0.01; t of 2 degrees is 4.302653.
    expect(difference!.mean).toBeCloseTo(0.05, 12);
    expect(difference!.halfWidth).toBeCloseTo((4.302652729911275 * 0.01) / Math.sqrt(3), 9);
  });

  it('do not pair runs from other strides', () => {
    const other = runResult('spectral', 0, 0.6);
    other.config = { ...other.config, strides: [1, 1, 2, 2, 2] };
    expect(pairedDifferences([runResult('conv', 0, 0.5), other], ['conv', 'spectral'])).toEqual([]);
  });

  it('do not pair runs on other test sounds', () => {
    const results = [testedOn('ann', 'conv', 0.5), testedOn('bob', 'spectral', 0.6)];
    expect(pairedDifferences(results, ['conv', 'spectral'])).toEqual([]);
  });

  it('of one pair have no interval', () => {
    const results = [runResult('conv', 0, 0.5), runResult('spectral', 0, 0.4)];
    const [difference] = pairedDifferences(results, ['conv', 'spectral']);
    expect(difference!.halfWidth).toBeNull();
    expect(differenceSentence(difference!)).toBe(
      'spectral − conv: −10.0 points, of one pair of runs: no interval.',
    );
  });
});

it.each([
  [0.02, 'more than chance explains (95 %)'],
  [0.04, 'which may be chance'],
])('says of a difference of 3 points with ± %f: %s', (halfWidth, end) => {
  const difference = { pooling: 'blur', against: 'conv', pairs: 4, mean: 0.03, halfWidth };
  expect(differenceSentence(difference)).toBe(
    `blur − conv: +3.0 ± ${(100 * halfWidth).toFixed(1)} points over 4 pairs of runs, ${end}.`,
  );
});
