import { describe, expect, it } from 'vitest';
import { mediumSentence, storedMedium } from '../../src/compare/stored-medium.js';
import { makeConfig } from '../../src/make-config.js';

const run = (pooling: string, strides: number[], lambda: number, score: number) => ({
  config: makeConfig({ preset: 'medium', pooling, strides, lambda }),
  score,
  shiftConsistency: null,
  macs: 7_561_344,
  seconds: 1,
  environment: {},
});

describe('the stored medium run', () => {
  it('is one sentence, of the runs from the strides of the first one', () => {
    const about = { title: 'A', date: '2026-01-02', command: '', preset: 'medium' };
    const runs = [
      run('spectral', [3, 2, 3], 0, 0.8251),
      run('diffstride', [3, 2, 3], 0.1, 0.81),
      run('conv', [2, 2, 2], 0, 0.9),
    ];
    expect(mediumSentence({ ...about, runs })).toBe(
      'Stored, and not of this run: 10 epochs on all images (preset medium, 2026-01-02), from ' +
        '(3, 2, 3), test accuracy and multiply-adds: spectral 82.5 % at 7.6 M; diffstride (λ 0.1) ' +
        "81.0 % at 7.6 M. 'npx ds-benchmark reproduce 60-tradeoff-medium' makes it again.",
    );
  });

  it('is in this repository', async () => {
    expect(await storedMedium()).toContain('from (3, 2, 3)');
  });
});
