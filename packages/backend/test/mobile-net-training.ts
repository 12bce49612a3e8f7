import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { useBackend } from '../src/index.js';

/** The number of training steps. The losses of all steps are compared. */
const STEPS = 4;

type Symbolic = tf.SymbolicTensor;

/**
 * A small MobileNet v2: a strided convolution, two blocks, and a separable convolution. The first
 * block is residual.
 */
function mobileNet(): tf.LayersModel {
  const apply = (layer: tf.layers.Layer, ...inputs: Symbolic[]) =>
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Symbolic;
  const normalised = (x: Symbolic) => apply(tf.layers.batchNormalization({}), x);
  const relu6 = (x: Symbolic) => apply(tf.layers.reLU({ maxValue: 6 }), normalised(x));
  const pointwise = (filters: number, x: Symbolic) =>
    apply(tf.layers.conv2d({ filters, kernelSize: 1, useBias: false }), x);
  const block = (x: Symbolic, expanded: number, filters: number, strides: number) => {
    const wide = relu6(pointwise(expanded, x));
    const depthwise = tf.layers.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
    });
    const y = normalised(pointwise(filters, relu6(apply(depthwise, wide))));
    const isResidual = strides === 1 && x.shape.at(-1) === filters;
    return isResidual ? apply(tf.layers.add(), x, y) : y;
  };
  const image = tf.input({ shape: [9, 8, 3] });
  const stem = tf.layers.conv2d({
    filters: 4,
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    useBias: false,
  });
  let x = relu6(apply(stem, image));
  x = block(x, 12, 4, 1);
  x = block(x, 10, 6, 2);
  x = apply(
    tf.layers.separableConv2d({
      filters: 8,
      kernelSize: 3,
      depthMultiplier: 2,
      padding: 'same',
      activation: 'relu6',
    }),
    x,
  );
  x = apply(tf.layers.globalAveragePooling2d({}), x);
  x = apply(tf.layers.dense({ units: 3 }), x);
  return tf.model({ inputs: image, outputs: x });
}

/** Trains on a backend for a few steps. Returns the losses and the final parameters. */
async function train(backend: 'cpu' | 'wasm' | 'webgpu') {
  await useBackend(backend);
  const model = mobileNet();
  for (const [at, weight] of model.trainableWeights.entries()) {
    // Filters have a usual magnitude. γ is near 3, so that some values exceed 6.
    const drawn = unitTensor(at + 1, weight.shape as number[]);
    const isScale = weight.name.includes('gamma');
    weight.write(tf.tidy(() => (isScale ? tf.add(tf.mul(drawn, 2), 3) : tf.mul(drawn, 0.8))));
    drawn.dispose();
  }
  const x = unitTensor(100, [4, 9, 8, 3]);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const optimizer = tf.train.momentum(0.02, 0.9);
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const loss = () => {
      const logits = model.apply(x, { training: true }) as tf.Tensor;
      return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
    };
    const cost = optimizer.minimize(loss, true, variables)!;
    losses.push((await cost.data())[0]!);
    cost.dispose();
  }
  const weights: Float32Array[] = [];
  for (const weight of variables) weights.push((await weight.data()) as Float32Array);
  model.dispose();
  optimizer.dispose();
  tf.dispose([x, labels]);
  return { losses, weights };
}

/** Expects the losses and the final parameters of a training to match those on cpu. */
export async function expectTrainsAsOnCpu(backend: 'wasm' | 'webgpu'): Promise<void> {
  const want = await train('cpu');
  const got = await train(backend);
  expect(want.losses.at(-1)!).toBeLessThan(want.losses[0]!);
  expect(relativeError(got.losses, want.losses)).toBeLessThan(1e-4);
  got.weights.forEach((values, at) => {
    expect(relativeError(values, want.weights[at]!)).toBeLessThan(2e-3);
  });
}
