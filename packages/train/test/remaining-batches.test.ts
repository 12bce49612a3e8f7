import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { BatchPass } from '../src/batch-pass.js';
import type { BatchSource, LabelledBatch } from '../src/index.js';
import { remainingBatches } from '../src/remaining-batches.js';

const batch = (value: number): LabelledBatch => ({
  images: tf.fill([1, 1], value),
  labels: tf.ones([1, 1]),
});

function* four() {
  for (let i = 0; i < 4; i++) yield batch(i);
}

async function* fourLater() {
  for (const each of four()) yield await Promise.resolve(each);
}

const skipping = (): BatchSource => ({
  // Would fail the test if it were iterated from the start.
  [Symbol.iterator]: () => {
    throw new Error('from the start');
  },
  from: (first) => Array.from({ length: 4 - first }, (_, i) => batch(first + i)),
});

describe('remainingBatches', () => {
  it.each([
    ['a generator', four, 0, [0, 1, 2, 3]],
    ['a generator', four, 3, [3]],
    ['an asynchronous generator', fourLater, 1, [1, 2, 3]],
    ['a source that can begin anywhere', skipping, 2, [2, 3]],
    ['a generator that is done', four, 4, []],
  ])('of %s (%o) after %i', async (_, source, done, expected) => {
    const before = tf.memory().numTensors;
    const values: number[] = [];
    const pass = new BatchPass('train');
    for await (const { images, labels } of remainingBatches(source, done, pass)) {
      values.push(images.dataSync()[0]!);
      tf.dispose([images, labels]);
    }
    expect(values).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [four, 6, 'train: batches must give the epoch of resume its 6 finished batches again, got 4'],
    [
      () => ({ ...skipping(), from: 2 as never }),
      1,
      'train: batches().from must be a function, got 2',
    ],
  ])('refuses a source that does not fit the state (%#)', async (source, done, message) => {
    const before = tf.memory().numTensors;
    const all = remainingBatches(source, done, new BatchPass('train'));
    await expect(all.next()).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
