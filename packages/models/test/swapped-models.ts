import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** The tolerance for sums in another order, in float32. */
const FLOAT32 = 1e-5;

/** Initial weights from a seed. */
export const init = (seed: number) => tf.initializers.randomNormal({ seed });

/** The values of a model's outputs. */
export function outputs(model: tf.LayersModel, ...inputs: tf.Tensor[]): Float32Array[] {
  return tf.tidy(() =>
    [model.predict(inputs.length === 1 ? inputs[0]! : inputs)]
      .flat()
      .map((one) => (one as tf.Tensor).dataSync<'float32'>().slice()),
  );
}

/** A model of a chain of layers. */
export function modelOf(shape: (number | null)[], ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape });
  let x: tf.SymbolicTensor = input;
  for (const layer of layers) x = layer.apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: x });
}

/** Asserts that two models agree on a batch of images. */
export function expectAlike(
  one: tf.LayersModel,
  other: tf.LayersModel,
  ...shapes: number[][]
): void {
  const inputs = shapes.map((shape, at) => unitTensor(at + 3, [2, ...shape]));
  const [want, got] = [outputs(one, ...inputs), outputs(other, ...inputs)];
  got.forEach((values, at) => {
    expect(values.length).toBe(want[at]!.length);
    expect(relativeError(values, want[at]!)).toBeLessThan(FLOAT32);
  });
  tf.dispose(inputs);
}

/** Asserts that each layer of the copy has the weights of the original's layer of its name. */
export function expectSameWeights(model: tf.LayersModel, copy: tf.LayersModel): void {
  for (const layer of model.layers) {
    const twin = copy.layers.find(({ name }) => name === layer.name);
    expect(twin?.getWeights().length).toBe(layer.getWeights().length);
    layer.getWeights().forEach((weight, at) => {
      expect(twin!.getWeights()[at]!.dataSync()).toEqual(weight.dataSync());
    });
  }
}

/** A convolution with 4 filters of 3×3. */
export const conv = (name: string, more: object = {}) =>
  tf.layers.conv2d({
    name,
    filters: 4,
    kernelSize: 3,
    padding: 'same',
    kernelInitializer: init(name.length),
    biasInitializer: init(7),
    ...more,
  });

/** A residual network with a strided block, as Keras builds them. */
export function residual(sides: [number | null, number | null] = [12, 12]): tf.LayersModel {
  const input = tf.input({ shape: [...sides, 2], name: 'image' });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const stem = apply(tf.layers.reLU({ name: 'stem.relu' }), apply(conv('stem'), input));
  let main = apply(conv('main1', { strides: 2 }), stem);
  main = apply(tf.layers.batchNormalization({ name: 'bn' }), main);
  main = apply(conv('main22'), apply(tf.layers.reLU({ name: 'relu' }), main));
  const shortcut = apply(conv('shortcut', { kernelSize: 1, strides: 2 }), stem);
  const sum = apply(tf.layers.add({ name: 'sum' }), [main, shortcut]);
  const mean = apply(tf.layers.globalAveragePooling2d({ name: 'mean' }), sum);
  return tf.model({
    inputs: input,
    outputs: apply(tf.layers.dense({ name: 'out', units: 3 }), mean),
  });
}
