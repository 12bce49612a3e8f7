import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { inferenceRate } from '../../src/run/inference-rate.js';

async function* batches(count: number) {
  for (let i = 0; i < count; i++) {
    yield { images: tf.ones<tf.Rank.R2>([4, 3]), labels: tf.ones<tf.Rank.R2>([4, 2]) };
  }
}

it('is the images of a batch over the median time of a batch, the first one run twice', async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  const before = tf.memory().numTensors;
  // Of each timed batch: its start and its end. The batches take 10, 2 and 4 ms.
  const times = [0, 10, 100, 102, 200, 204];
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => times.shift()!);
  const predict = vi.spyOn(model, 'predictOnBatch');
  expect(await inferenceRate(model, batches(3))).toBe(1000);
  expect(predict).toHaveBeenCalledTimes(4);
  expect(tf.memory().numTensors).toBe(before);
  clock.mockRestore();
  model.dispose();
});
