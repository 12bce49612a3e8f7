import { expect, it } from 'vitest';
import type { RunConfig } from '../../src/config/run-config.js';
import { runNames } from '../../src/reproduce/run-names.js';
import { readStoredResult } from '../../src/reproduce/stored-result.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';

const conv = runResult('conv', 1, 0).config;
const named = (...changes: Partial<RunConfig>[]) =>
  runNames(changes.map((change) => ({ ...conv, ...change })));

it('names pooling, initial strides, λ and seed', () => {
  expect(named({ lambda: 0.1 }, { seed: 2, width: 16 })).toEqual([
    'conv (3, 1, 3), λ 0.1, seed 1',
    'conv (3, 1, 3), seed 2',
  ]);
  const sounds = { ...soundResult('conv', 1, 0).config, strides: [2, 3] };
  expect(runNames([sounds])).toEqual(['conv (2, 3), seed 1']);
});

it('adds the fields and options in which similar runs differ', () => {
  expect(named({ border: 'circular' }, {})).toEqual([
    'conv (3, 1, 3), seed 1, border circular',
    'conv (3, 1, 3), seed 1, border zero',
  ]);
  expect(
    named(
      { poolingConfig: { norm: 'forward', smoothness: 4 } },
      { poolingConfig: { norm: 'forward' } },
    ),
  ).toEqual(['conv (3, 1, 3), seed 1, smoothness 4', 'conv (3, 1, 3), seed 1, smoothness none']);
});

it('gives all runs of a stored result different names', async () => {
  const { runs } = await readStoredResult('70-medium-trials');
  const names = runNames(runs.map(({ config }) => config));
  expect(new Set(names).size).toBe(runs.length);
  expect(names).toContain(
    'diffstride (3, 2, 3), λ 0.1, seed 1, smoothness 4, strideLearningRateScale 5',
  );
});
