import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

/** The default names of the next layers. tfjs numbers the layers of a class in a process. */
const names = () => [
  tf.layers.conv2d({ filters: 1, kernelSize: 1 }).name,
  tf.layers.batchNormalization({}).name,
];

describe.each(BACKENDS.map((backend, i) => [backend, i + 1] as const))('on %s', (backend, next) => {
  it('layers have the default names of tfjs', async () => {
    await useBackend(backend);
    expect(names()).toEqual([
      `conv2d_Conv2D${next}`,
      `batch_normalization_BatchNormalization${next}`,
    ]);
  });
});
