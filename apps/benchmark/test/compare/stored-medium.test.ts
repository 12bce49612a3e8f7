import { describe, expect, it } from 'vitest';
import { mediumSentence, storedMedium } from '../../src/compare/stored-medium.js';
import { makeConfig } from '../../src/config/make-config.js';

const run = (pooling: string, strides: number[], lambda: number, score: number, seed = 1) => ({
  config: makeConfig({ preset: 'medium', pooling, strides, lambda, seed }),
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
    expect(mediumSentence([{ ...about, runs }])).toBe(
      'Stored, and not of this run: 10 epochs on all images (preset medium, 2026-01-02, 1 seed), ' +
        'from (3, 2, 3), test accuracy and multiply-adds: spectral 82.5 % at 7.6 M; diffstride ' +
        "(λ 0.1) 81.0 % at 7.6 M. 'npx ds-benchmark reproduce 60-tradeoff-medium' makes the first " +
        'seed again.',
    );
  });

  it('joins the seeds of several results', () => {
    const about = { title: 'A', command: '', preset: 'medium' };
    const sentence = mediumSentence([
      { ...about, date: '2026-01-03', runs: [run('conv', [3, 2, 3], 0, 0.8)] },
      { ...about, date: '2026-01-02', runs: [run('conv', [3, 2, 3], 0, 0.82, 2)] },
    ]);
    expect(sentence).toContain('(preset medium, 2026-01-03, 2 seeds)');
    expect(sentence).toContain('conv 81.0 % ± 1.4 at 7.6 M.');
  });

  it('is in this repository', async () => {
    expect(await storedMedium()).toMatch(/2 seeds\), from \(3, 2, 3\)/);
  });
});
