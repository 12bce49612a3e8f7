import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { modelOf } from '../../src/network/run-model.js';
import { rolled, shiftConsistency } from '../../src/shift/shift-consistency.js';

const SIZE = 16;
const CLASSES = 4;

/** Images of noise with labels that depend on them little: predictions lie near the boundaries. */
function noise(seed: number, count: number) {
  const labels = Array.from({ length: count }, (_, i) => i % CLASSES);
  return {
    images: unitTensor(seed, [count, SIZE, SIZE, 3]) as tf.Tensor4D,
    labels: tf.tidy(() => tf.cast(tf.oneHot(labels, CLASSES), 'float32') as tf.Tensor2D),
  };
}

/** A small network that trained for some steps. */
async function trained(pooling: string, border: 'circular' | 'zero') {
  const config = makeConfig({ pooling, border, strides: [2, 2, 2], width: 4, poolingConfig: {} });
  const model = modelOf(config, { shape: [SIZE, SIZE, 3], classes: CLASSES });
  const loss = (labels: tf.Tensor, logits: tf.Tensor) =>
    tf.losses.softmaxCrossEntropy(labels, logits);
  model.compile({ optimizer: tf.train.momentum(0.05, 0.9), loss });
  const { images, labels } = noise(1, 32);
  // tfjs shuffles without a seed.
  const order = { batchSize: 16, shuffle: false };
  const { history } = await model.fit(images, labels, { ...order, epochs: 6, verbose: 0 });
  tf.dispose([images, labels]);
  const losses = history.loss as number[];
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  return model;
}

/** The consistency under circular shifts along both axes, over 64 unseen images. */
async function consistencyOf(pooling: string, border: 'circular' | 'zero'): Promise<number> {
  const model = await trained(pooling, border);
  const { consistency } = await shiftConsistency(model, [noise(2, 32), noise(3, 32)], {
    seed: 1,
    diagonal: 1,
  });
  model.dispose();
  return consistency;
}

describe('circular borders', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(['aps', 'lps'])('make a trained network with %s consistent', async (pooling) => {
    // Chaman & Dokmanić (2021) and Rojas-Gomez et al. (2022): 100 % under circular shifts.
    expect(await consistencyOf(pooling, 'circular')).toBe(1);
    expect(await consistencyOf(pooling, 'zero')).toBeLessThan(1);
  });

  it('leave tips exact only under shifts by the total stride', () => {
    const config = makeConfig({
      pooling: 'tips',
      border: 'circular',
      strides: [2, 2, 2],
      width: 2,
      poolingConfig: {},
      seed: 1,
    });
    const model = modelOf(config, { shape: [SIZE, SIZE, 3], classes: CLASSES });
    const changes = tf.tidy(() => {
      const { images } = noise(2, 4);
      const pixels = images.dataSync<'float32'>();
      const [still, ...moved] = [0, 8, 1].map((by) =>
        (model.predict(rolled(pixels, images.shape, by, by)) as tf.Tensor).dataSync(),
      );
      return moved.map((logits) => relativeError(logits, still!));
    });
    model.dispose();
    expect(changes[0]).toBeLessThan(1e-5);
    // The weights follow the components, but the mixed maps do not shift exactly.
    expect(changes[1]).toBeGreaterThan(1e-3);
  });

  it('leave strided convolutions inconsistent', async () => {
    expect(await consistencyOf('conv', 'circular')).toBeLessThan(1);
  });
});
