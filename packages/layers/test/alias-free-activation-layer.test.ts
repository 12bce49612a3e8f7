import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  measureMultiplyAdds,
  PolynomialActivation,
  polynomialActivation,
  UpsampledRelu,
} from '../src/index.js';

beforeAll(() => useBackend('cpu'));

describe.each([
  ['PolynomialActivation', (config?: object) => new PolynomialActivation(config)],
  ['UpsampledRelu', (config?: object) => new UpsampledRelu(config)],
])('%s', (name, make) => {
  it('survives a saved model, and keeps the size', async () => {
    const input = tf.input({ shape: [5, 6, 2] });
    const layer = make({ factor: 3 });
    const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
    expect(model.outputs[0]!.shape).toEqual([null, 5, 6, 2]);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const copy = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    expect(copy.layers[1]!.getClassName()).toBe(`ds>${name}`);
    const x = unitTensor(1, [2, 5, 6, 2]);
    const [a, b] = [model, copy].map((one) => (one.predict(x) as tf.Tensor).dataSync());
    expect(relativeError(b!, a!)).toBe(0);
    model.dispose();
    copy.dispose();
  });

  it('counts the multiply-adds of its kernels', () => {
    const layer = make();
    tf.dispose(layer.apply(tf.ones([1, 9, 7, 8])) as tf.Tensor);
    const { ran } = measureMultiplyAdds(layer, [[9, 7, 8]]);
    expect((layer as PolynomialActivation).multiplyAdds([9, 7, 8])).toBe(ran);
  });

  it('names a bad option', () => {
    expect(() => make({ factor: 9 })).toThrow(`${name}: factor must be an integer in 2 … 8, got 9`);
  });
});

it('PolynomialActivation starts near GELU, and trains', () => {
  const layer = new PolynomialActivation();
  tf.tidy(() => {
    const flat = tf.fill([1, 1, 1, 4], 0.8) as tf.Tensor4D;
    const y = layer.apply(flat) as tf.Tensor;
    // 0.8 Φ(0.8).
    for (const value of y.dataSync()) expect(Math.abs(value - 0.63052)).toBeLessThan(0.02);
    const x = unitTensor(2, [1, 4, 4, 4]) as tf.Tensor4D;
    const variables = layer.trainableWeights.map((one) => one.read() as tf.Variable);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(layer.apply(x) as tf.Tensor)) as tf.Scalar,
      variables,
    );
    const want = tf.grad((given) =>
      tf.sum(tf.square(polynomialActivation(x, given as tf.Tensor2D))),
    )(layer.getWeights()[0]!);
    const got = grads[variables[0]!.name]!;
    expect(relativeError(got.dataSync(), want.dataSync())).toBe(0);
  });
});

it('PolynomialActivation refuses images of other channels', () => {
  const layer = new PolynomialActivation({ name: 'act' });
  layer.apply(tf.input({ shape: [4, 4, 2] }));
  const message =
    "PolynomialActivation: layer 'act': the input must have 2 channels, as its weights";
  expect(() => layer.apply(tf.input({ shape: [4, 4, 3] }))).toThrow(message);
  const x = tf.ones([1, 4, 4, 3]);
  expect(() => layer.apply(x)).toThrow(message);
  x.dispose();
  layer.dispose();
});
