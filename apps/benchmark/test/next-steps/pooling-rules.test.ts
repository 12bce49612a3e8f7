import { describe, expect, it } from 'vitest';
import { stridesThatStayed, withinNoise } from '../../src/next-steps/pooling-rules.js';
import { type ComparisonRow, compareRuns } from '../../src/statistics/comparison.js';
import { differenceSentence, pairedDifferences } from '../../src/statistics/paired-differences.js';
import { runResult } from '../run-result.js';

function rows(scores: Record<string, number[]>, test = 1000) {
  const runs = Object.entries(scores).flatMap(([pooling, each]) =>
    each.map((accuracy, i) => {
      const result = runResult(pooling, i + 1, accuracy);
      return { ...result, images: { ...result.images, test } };
    }),
  );
  return compareRuns(runs, Object.keys(scores));
}

describe('withinNoise', () => {
  it('compares the best two by their pairs of runs', () => {
    const step = withinNoise(rows({ conv: [0.6, 0.7], max: [0.66, 0.68], blur: [0.1, 0.2] }));
    // t · sd(0.06, −0.02) / √2 = 12.706 · 0.0566 / 1.414
    expect(step!.seen).toBe(
      'The best two poolings, max and conv, differ by 2.0 percentage points, ' +
        'and 2 pairs of runs are uncertain by about 50.8 percentage points.',
    );
    expect(step!.advice).toContain('--seeds 4');
  });

  it('says what the report says of the same pairs', () => {
    // Seeds differ by more than poolings, and each seed says the same of the poolings.
    const clear = rows({ conv: [0.5, 0.6, 0.7], max: [0.52, 0.62, 0.721] });
    const chance = rows({ conv: [0.5, 0.51], max: [0.53, 0.58] });
    const said = (each: ComparisonRow[]) =>
      pairedDifferences(
        each.flatMap(({ runs }) => runs),
        ['conv', 'max'],
      ).map(differenceSentence);
    expect(said(clear)[0]).toContain('more than chance explains');
    expect(withinNoise(clear)).toBeNull();
    expect(said(chance)[0]).toContain('which may be chance');
    expect(withinNoise(chance)!.seen).toContain('differ by 5.0 percentage points');
  });

  it('compares rows of other seeds by their deviations', () => {
    const [conv, max] = rows({ conv: [0.6, 0.7], max: [0, 0, 0.66, 0.68] });
    const later = compareRuns([...conv!.runs, ...max!.runs.slice(2)], ['conv', 'max']);
    // 2 √(0.0707²/2 + 0.0141²/2)
    expect(withinNoise(later)!.seen).toContain(
      '2 seeds are uncertain by about 10.2 percentage points',
    );
  });

  it('compares single runs by the size of their test', () => {
    const step = withinNoise(rows({ conv: [0.5], max: [0.55] }, 100));
    expect(step!.seen).toContain(
      'tests on 100 images are uncertain by about 14.1 percentage points',
    );
    expect(withinNoise(rows({ conv: [0.5], max: [0.55] }, 10_000))).toBeNull();
  });

  it('is silent on a clear difference, and on one pooling', () => {
    expect(withinNoise(rows({ conv: [0.6, 0.61], max: [0.7, 0.71] }))).toBeNull();
    expect(withinNoise(rows({ conv: [0.6] }))).toBeNull();
  });
});

describe('stridesThatStayed', () => {
  const moved = (to: [number, number]) => runResult('diffstride', 1, 0.5, to);

  it('says how far strides that learn have come', () => {
    const step = stridesThatStayed([runResult('conv', 1, 0.5), moved([3.01, 2.98])]);
    expect(step!.seen).toBe('The learned strides of diffstride moved by at most 0.020.');
    expect(step!.advice).toContain('--epochs 10');
  });

  it('is silent on strides that moved, and on those that do not learn', () => {
    expect(stridesThatStayed([moved([3.2, 3])])).toBeNull();
    expect(stridesThatStayed([moved([3.01, 3]), moved([2.5, 3])])).toBeNull();
    expect(stridesThatStayed([runResult('conv', 1, 0.5)])).toBeNull();
  });
});
