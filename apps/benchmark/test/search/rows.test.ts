import { expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import type { RunResult } from '../../src/run/run-result.js';
import { type SearchSpec, searchOutcome } from '../../src/search/rows.js';

/** A finished run of strided convolutions, of one epoch of 10 images at 5 multiply-adds. */
function run(strides: [number, number, number], accuracy: number): RunResult {
  const config = makeConfig({ preset: 'smoke', pooling: 'conv', strides });
  const epochs = [{ images: 10 }];
  return { config, accuracy, epochs, epochMacs: [5], stopped: false } as unknown as RunResult;
}

const spec = (order: number[][]): SearchSpec => ({
  experiment: 'search',
  learner: 'diffstride',
  candidate: 'conv',
  searches: [{ name: 'random', order }],
});

it('the strides of a search are those of its best run, and of the first one on a tie', () => {
  const results = [run([2, 2, 2], 0.3), run([3, 2, 3], 0.5), run([1, 2, 1], 0.5)];
  const order = [
    [2, 2, 2],
    [3, 2, 3],
    [1, 2, 1],
  ];
  const { rows, points } = searchOutcome(spec(order), results);
  expect(rows).toMatchObject([{ runs: 3, accuracy: 0.5, strides: '3, 2, 3' }]);
  expect(points.map(({ accuracy }) => accuracy)).toEqual([0.3, 0.5, 0.5]);
});

it('a search whose runs score 0 has the strides of its first run', () => {
  const { rows } = searchOutcome(spec([[2, 2, 2]]), [run([2, 2, 2], 0)]);
  expect(rows).toMatchObject([{ runs: 1, accuracy: 0, strides: '2, 2, 2' }]);
});
