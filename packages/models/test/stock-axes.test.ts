import { useBackend } from '@ds/backend';
import { poolingLayer } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides } from '../src/index.js';

beforeAll(() => useBackend('wasm'));

/** Poolings with their options but the strides. */
const CASES: [name: string, strides: number[], options?: object][] = [
  ['blur', [2, 3, 1], { filterSize: [4, 3, 2] }],
  ['blur', [3, 1, 2], { filter: 'kaiser', attenuation: 21, padding: 'circular' }],
  ['max-blur', [2, 1, 3], { poolSize: 3, padding: 'circular' }],
  ['avg-blur', [2, 2, 1], { padding: 'zero' }],
  ['subsample', [2, 1, 3]],
  ['fractional-max', [1.5, 1.3, 2.2], { overlapping: true, seed: 2 }],
  ['fractional-avg', [1.4, 2, 1.1], { samples: 2 }],
  ['flc', [2, 1.5, 1.3]],
];

describe.each([1, 3] as const)('with %i axes', (rank) => {
  it.each(CASES)('%s at strides %j is frozen to stock layers', (name, strides, options = {}) => {
    const formats = rank === 1 ? [{}] : [{}, { dataFormat: 'channelsFirst' }];
    for (const format of formats) {
      const config = { rank, strides: strides.slice(0, rank), name: 'pool', ...options, ...format };
      if ('filterSize' in config)
        config.filterSize = (config.filterSize as number[]).slice(0, rank);
      const sides = [7, 6, 8].slice(0, rank);
      const shape = 'dataFormat' in format ? [2, ...sides] : [...sides, 2];
      const input = tf.input({ shape });
      const output = poolingLayer(name, config as never).apply(input) as tf.SymbolicTensor;
      const model = tf.model({ inputs: input, outputs: output });
      const frozen = freezeStrides(model, shape);
      tf.tidy(() => {
        const x = unitTensor(rank, [2, ...shape]);
        const [want, got] = [model, frozen].map((one) => one.predict(x) as tf.Tensor);
        expect(got!.shape).toEqual(want!.shape);
        expect(relativeError(got!.dataSync(), want!.dataSync())).toBeLessThan(1e-5);
      });
      frozen.dispose();
      model.dispose();
    }
  });
});
