import { useBackend } from '@ds/backend';
import { poolingLayer, poolingNames } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides } from '../src/index.js';
import { plainModel } from './plain-model.js';

/** The tolerance for products in another order, in float32. */
const FLOAT32 = 1e-5;

type Case = [name: string, config: Record<string, unknown>];

/** Every registered pooling that stock layers can replace, with its special cases. */
const CASES: Case[] = [
  ['diffstride', { strides: [2.3, 1.6], smoothness: 2 }],
  ['spectral', { strides: [1.7, 3] }],
  ['blur', { strides: [2, 3], filterSize: 4, padding: 'zero' }],
  ['blur', { strides: [2, 3], filterSize: [2, 5], padding: 'circular' }],
  ['blur', { strides: [2, 1], filter: 'kaiser', attenuation: 30 }],
  ['max-blur', { strides: [2, 3] }],
  ['max-blur', { strides: [2, 1], poolSize: 3, padding: 'circular' }],
  ['avg-blur', { strides: [2, 3], filter: { taps: [[1, 3], [1]] }, padding: 'circular' }],
  ['max-blur', { strides: [3, 1], poolSize: 4, filterSize: 5, padding: 'replicate' }],
  ['max-blur', { strides: [1, 1], filterSize: 1 }],
  ['avg-blur', { strides: [1, 2], poolSize: 3, filterSize: 2, padding: 'zero' }],
  ['fractional-max', { strides: [1.5, 2.7], seed: 3 }],
  ['fractional-max', { strides: [1.4, 1.1], overlapping: true, pseudoRandom: true, samples: 3 }],
  ['fractional-max', { strides: [1, 1] }],
  ['fractional-avg', { strides: [1.5, 2.7], seed: 4 }],
  ['fractional-avg', { strides: [1.4, 2], overlapping: true, samples: 2 }],
  ['average', { strides: [2, 3] }],
  ['max', { strides: [2, 3] }],
  ['subsample', { strides: [3, 2] }],
  ['flc', { strides: [2, 1.6] }],
  ['asap', { strides: [2, 1.3] }],
  ['dct', { strides: [1.7, 3] }],
  ['dct-diffstride', { strides: [2.3, 1.6], smoothness: 2 }],
];

/** The image decides which pixels these keep, or with which weights. */
const CUSTOM = ['aps', 'lps', 'tips'];

describe('every registered pooling', () => {
  beforeAll(() => useBackend('wasm'));

  it('has a case here', () => {
    const named = new Set([...CASES.map(([name]) => name), ...CUSTOM]);
    // Another test of this process registers its own pooling.
    const ours = poolingNames().filter((name) => name !== 'contributed');
    expect([...named].sort()).toEqual(ours.sort());
  });

  it.each(CASES)('%s %o: the stock layers give the same numbers', async (name, config) => {
    for (const dataFormat of ['channelsLast', 'channelsFirst'] as const) {
      // From 8 channels on, the copy in memory runs one kernel. The loaded copy does not.
      for (const [height, width, channels] of [
        [11, 14, 8],
        [7, 9, 1],
      ] as const) {
        const shape =
          dataFormat === 'channelsLast' ? [height, width, channels] : [channels, height, width];
        const pooling = poolingLayer(name, { name: 'pool', dataFormat, ...config } as never);
        const input = tf.input({ shape });
        const model = tf.model({
          inputs: input,
          outputs: pooling.apply(input) as tf.SymbolicTensor,
        });
        const x = unitTensor(4, [2, ...shape]);
        const want = model.predict(x) as tf.Tensor;
        const frozen = freezeStrides(model, shape);
        for (const copy of [frozen, await plainModel(frozen)]) {
          const got = copy.predict(x) as tf.Tensor;
          expect(got.shape).toEqual(want.shape);
          expect(copy.outputs[0]!.shape.slice(1)).toEqual(want.shape.slice(1));
          expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
        }
      }
    }
  });

  it.each(CASES)('%s %o: the copy frees what it made', (name, config) => {
    const input = tf.input({ shape: [11, 14, 8] });
    const pooling = poolingLayer(name, { name: 'pool', ...config } as never);
    const model = tf.model({ inputs: input, outputs: pooling.apply(input) as tf.SymbolicTensor });
    const before = tf.memory().numTensors;
    const frozen = freezeStrides(model, [11, 14, 8]);
    const x = tf.ones([1, 11, 14, 8]);
    tf.dispose([x, frozen.predict(x)]);
    frozen.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
