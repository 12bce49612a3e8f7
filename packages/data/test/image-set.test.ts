import { expect, it } from 'vitest';
import { batches, holdOut, type ImageSet, subset, subsetIndices } from '../src/index.js';

/** Each image has its index as its only value. */
const set: ImageSet = {
  images: Uint8Array.from({ length: 60 }, (_, item) => item),
  labels: Uint8Array.from({ length: 60 }, (_, item) => (item * 7) % 3),
  count: 60,
  shape: [1, 1, 1],
};

it.each([1, 7, 59, 60])('the %i indices of subsetIndices are the images of subset', (count) => {
  const indices = subsetIndices(set.labels, count, 3);
  expect(indices).toEqual([...subset(set, count, 3).images]);
  expect(new Set(indices).size).toBe(count);
});

it.each<[string, number, string]>([
  ['too many', 61, 'subsetIndices: count must be an integer in 1 … 60, got 61'],
  ['none', 0, 'subsetIndices: count must be an integer in 1 … 60, got 0'],
])('%s are refused', (_what, count, message) => {
  expect(() => subsetIndices(set.labels, count, 3)).toThrow(message);
});

it.each<[string, object, string]>([
  ['labels above 255', { labels: new Int32Array(60).fill(300) }, 'set.labels'],
  ['a list of labels', { labels: new Array(60).fill(-1) }, 'set.labels'],
  ['fractions as pixels', { images: new Float32Array(60).fill(0.1) }, 'set.images'],
])('%s are refused', (_what, changed, name) => {
  for (const call of [subset, holdOut]) {
    expect(() => call({ ...set, ...changed }, 3, 1)).toThrow(
      `${call.name}: ${name} must be a Uint8Array, got`,
    );
  }
  expect(() => [
    ...batches({ ...set, ...changed }, { batchSize: 2, mean: [0], std: [1], classes: 3 }),
  ]).toThrow(`batches: ${name} must be a Uint8Array, got`);
});
