import { PolynomialActivation, UpsampledRelu } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectExported } from '../expect-exported.js';

beforeAll(() => tf.setBackend('cpu'));

describe('an exported activation equals the layer', () => {
  it.each([
    ['PolynomialActivation', () => new PolynomialActivation()],
    [
      'PolynomialActivation, channels first',
      () => new PolynomialActivation({ dataFormat: 'channelsFirst' }),
    ],
    ['UpsampledRelu, factor 3', () => new UpsampledRelu({ factor: 3 })],
  ])('%s', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [4, 5, 3] });
    const layer = make();
    const output = layer.apply(input) as tf.SymbolicTensor;
    layer.setWeights(
      layer.getWeights().map(({ shape }) => tf.randomNormal(shape, 0, 1, 'float32', 4)),
    );
    await expectExported(tf.model({ inputs: input, outputs: output }));
  });
});
