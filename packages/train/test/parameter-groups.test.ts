import { LpsPool, TipsPool } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { standardGroups } from '../src/index.js';
import { groupOf } from '../src/parameter-groups.js';

/** The names of a layer's weights, and the decay of each. */
function decays(layer: tf.layers.Layer, inputShape: number[]): Record<string, number> {
  const groups = standardGroups({ weightDecay: 0.5 });
  layer.apply(tf.input({ shape: inputShape }));
  return Object.fromEntries(
    layer.weights.map((weight) => [
      weight.originalName.split('/').at(-1)!,
      groupOf(weight, groups).weightDecay,
    ]),
  );
}

describe('standardGroups', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('decays kernels of every name, but not depthwise ones', () => {
    const [filters, kernelSize, image] = [2, 3, [8, 8, 2]];
    expect(decays(tf.layers.conv2d({ filters, kernelSize }), image)).toEqual({
      kernel: 0.5,
      bias: 0,
    });
    expect(decays(tf.layers.separableConv2d({ filters, kernelSize }), image)).toEqual({
      depthwise_kernel: 0,
      pointwise_kernel: 0.5,
      bias: 0,
    });
    expect(decays(tf.layers.gru({ units: 2 }), [4, 2])).toEqual({
      kernel: 0.5,
      recurrent_kernel: 0.5,
      bias: 0,
    });
    expect(decays(tf.layers.batchNormalization(), image)).toEqual({
      gamma: 0,
      beta: 0,
      moving_mean: 0,
      moving_variance: 0,
    });
    expect(decays(tf.layers.embedding({ inputDim: 3, outputDim: 2 }), [4])).toEqual({
      embeddings: 0,
    });
  });

  it('decays kernels of poolings', () => {
    expect(decays(new LpsPool({ strides: [2, 2] }) as tf.layers.Layer, [8, 8, 2])).toEqual({
      kernel1: 0.5,
      bias1: 0,
      kernel2: 0.5,
      bias2: 0,
    });
    expect(decays(new TipsPool({ strides: [2, 2] }) as tf.layers.Layer, [8, 8, 2])).toEqual({
      kernel: 0.5,
      scale: 0,
    });
  });
});
