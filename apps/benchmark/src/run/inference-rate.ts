import type { Batches } from '@ds/train';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { median } from '../statistics/median.js';

/**
 * Images that a model classifies in a second: the median over batches. The first batch runs once
 * before, to warm up. Reading the data does not count.
 */
export async function inferenceRate(model: LayersModel, batches: Batches): Promise<number> {
  const rates: number[] = [];
  for await (const { images, labels } of batches) {
    if (rates.length === 0) await predicted(model, images);
    const start = performance.now();
    await predicted(model, images);
    rates.push((1000 * images.shape[0]!) / (performance.now() - start));
    tf.dispose([images, labels]);
  }
  return median(rates);
}

/** Waits until the predictions are on the host: a GPU has finished only then. */
async function predicted(model: LayersModel, images: tf.Tensor): Promise<void> {
  const outputs = [tf.tidy(() => model.predictOnBatch(images))].flat();
  await Promise.all(outputs.map((output) => output.data()));
  tf.dispose(outputs);
}
