import { useBackend } from '@ds/backend';
import { PolynomialActivation, UpsampledRelu } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides } from '../src/index.js';
import { plainModel } from './plain-model.js';

describe('a frozen alias-free activation', () => {
  beforeAll(() => useBackend('wasm'));

  it.each([
    ['polynomial', [5, 4, 3], () => new PolynomialActivation({ name: 'act' })],
    [
      'polynomial, channels first',
      [3, 5, 4],
      () => new PolynomialActivation({ name: 'act', dataFormat: 'channelsFirst' }),
    ],
    ['upsampled ReLU', [6, 5, 8], () => new UpsampledRelu({ name: 'act', factor: 3 })],
  ] as const)('%s: stock layers give the same numbers', async (_, shape, make) => {
    const input = tf.input({ shape: [...shape] });
    const layer = make();
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    layer.setWeights(layer.getWeights().map((weight) => unitTensor(2, weight.shape)));
    const x = unitTensor(1, [2, ...shape]);
    const want = (model.predict(x) as tf.Tensor).dataSync();
    const frozen = freezeStrides(model, [...shape]);
    for (const copy of [frozen, await plainModel(frozen)]) {
      expect(relativeError((copy.predict(x) as tf.Tensor).dataSync(), want)).toBeLessThan(1e-5);
    }
  });
});
