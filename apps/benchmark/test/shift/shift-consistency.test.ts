import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { rolled, shiftConsistency } from '../../src/shift/shift-consistency.js';

/** Two images a batch, and a model that reads a chosen pixel or the mean of the image. */
function* batches() {
  for (let batch = 0; batch < 3; batch++) {
    yield {
      images: tf.tensor4d(
        Array.from({ length: 2 * 8 * 8 }, (_, i) => Math.sin(i * 1.7 + batch)),
        [2, 8, 8, 1],
      ),
      labels: tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
    };
  }
}

function modelOf(features: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 1] });
  const dense = tf.layers.dense({ units: 2, useBias: false, weights: [tf.tensor2d([[9, -9]])] });
  return tf.model({
    inputs: input,
    outputs: dense.apply(features.apply(input)) as tf.SymbolicTensor,
  });
}

describe('rolled', () => {
  it('moves down and right, around the edges', () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    const moved = (pixels: Float32Array, down: number, right: number) =>
      tf.tidy(() => rolled(pixels, [1, 2, 3, 1], down, right).dataSync() as Float32Array);
    expect([...moved(x, 1, 0)]).toEqual([4, 5, 6, 1, 2, 3]);
    expect([...moved(x, 0, 1)]).toEqual([3, 1, 2, 6, 4, 5]);
    expect([...moved(moved(x, 1, 2), -1, -2)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('keeps images and channels apart', () => {
    const [batch, height, width, channels] = [2, 3, 4, 2];
    const x = Float32Array.from({ length: 48 }, (_, i) => i);
    const pixel = (n: number, y: number, at: number) =>
      [0, 1].map((c) => ((n * height + y) * width + at) * channels + c);
    const got = tf.tidy(() => rolled(x, [batch, height, width, channels], 4, -1).arraySync());
    const want = [0, 1].map((n) => [2, 0, 1].map((y) => [1, 2, 3, 0].map((at) => pixel(n, y, at))));
    expect(got).toEqual(want);
  });
});

describe('shiftConsistency', () => {
  it('is 1, and flat along the diagonal, for a model that no circular shift can change', async () => {
    const model = modelOf(tf.layers.globalAveragePooling2d({}));
    const report = await shiftConsistency(model, batches(), { seed: 1, diagonal: 3 });
    expect(report).toMatchObject({ consistency: 1, images: 6, maxShift: 4 });
    expect(report.diagonal).toHaveLength(4);
    for (const probability of report.diagonal) {
      expect(probability).toBeCloseTo(report.diagonal[0]!, 5);
    }
    model.dispose();
  });

  it('counts a prediction that is not finite as unequal and wrong', async () => {
    const model = modelOf(tf.layers.globalAveragePooling2d({}));
    function* spoiled() {
      for (const batch of batches()) {
        const values = batch.images.dataSync().slice();
        values[64 + 5] = Number.NaN;
        batch.images.dispose();
        yield { ...batch, images: tf.tensor4d(values, [2, 8, 8, 1]) };
      }
    }
    const whole = await shiftConsistency(model, batches(), { seed: 1, diagonal: 2 });
    const report = await shiftConsistency(model, spoiled(), { seed: 1, diagonal: 2 });
    expect(whole.nonFinite).toBe(0);
    expect(report).toMatchObject({ consistency: 0.5, nonFinite: 3, images: 6 });
    // The second image of each batch adds nothing.
    for (const [pixels, probability] of report.diagonal.entries()) {
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(whole.diagonal[pixels]!);
    }
    model.dispose();
  });

  it('is less for one that looks at a single pixel, and leaves no tensor', async () => {
    const input = tf.input({ shape: [8, 8, 1] });
    const corner = tf.layers
      .cropping2D({
        cropping: [
          [0, 7],
          [0, 7],
        ],
      })
      .apply(input);
    const flat = tf.layers.flatten().apply(corner);
    const dense = tf.layers.dense({ units: 2, useBias: false, weights: [tf.tensor2d([[9, -9]])] });
    const model = tf.model({ inputs: input, outputs: dense.apply(flat) as tf.SymbolicTensor });
    const before = tf.memory().numTensors;
    const report = await shiftConsistency(model, batches(), { seed: 1 });
    expect(tf.memory().numTensors).toBe(before);
    expect(report.consistency).toBeLessThan(1);
    model.dispose();
  });
});
