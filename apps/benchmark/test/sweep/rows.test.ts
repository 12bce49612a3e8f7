import { expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { gridRows } from '../../src/sweep/rows.js';
import { runResult } from '../run-result.js';

it('runs whose strides differ in the stem only get separate rows', () => {
  const run = (strides: number[], seed: number, accuracy: number) => {
    const config = makeConfig({ preset: 'smoke', pooling: 'conv', strides, seed });
    return { ...runResult('conv', seed, accuracy), config };
  };
  const results = [
    run([1, 1, 2, 2, 2], 1, 0.4),
    run([1, 1, 2, 2, 2], 2, 0.5),
    run([2, 1, 2, 2, 2], 1, 0.6),
  ];
  const rows = gridRows(results, { experiment: 'grid', name: 'Strides', axes: ['strides'] });
  expect(rows.map(({ values, summary }) => [values, summary.runs.length])).toEqual([
    [['2, 2, 2'], 2],
    [['2, 1, 2, 2, 2'], 1],
  ]);
});
