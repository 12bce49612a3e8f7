import { ConfigError } from '@ds/checks';
import { canStoreHalf, storeHalfKernel } from '@ds/kernels';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyStoringHalf, requireHalfStorage } from '../src/half-activations.js';

/** What was given to half precision, in that order. */
let stored: { shape: number[]; dataId: object }[] = [];
let calls: string[] = [];

/** A layer that reports its calls. */
class Told extends tf.layers.Layer {
  static className = 'Told';
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    calls.push(`${this.name}${kwargs.training ? '' : ' (not training)'}`);
    const [x] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.add(x!, 1);
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
}

const told = (name: string, x: tf.SymbolicTensor) =>
  new Told({ name }).apply(x) as tf.SymbolicTensor;

describe('a model whose activations go to half precision', () => {
  beforeEach(async () => {
    await tf.setBackend('cpu');
    stored = [];
    calls = [];
    const { kernelName, make } = storeHalfKernel.on((_, { x: { shape, dataId } }) => {
      stored.push({ shape, dataId });
      calls.push(`stored ${shape.slice(1).join('×')}`);
      return [];
    });
    tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: make() });
  });
  afterEach(() => {
    if (canStoreHalf()) tf.unregisterKernel(storeHalfKernel.name, 'cpu');
  });

  it('stores each activation when the last layer that takes it has run, and neither images nor outputs', () => {
    const input = tf.input({ shape: [4] });
    const a = told('a', input);
    const b = told('b', a);
    const sum = tf.layers.add({ name: 'sum' }).apply([b, a]) as tf.SymbolicTensor;
    const wide = tf.layers.dense({ units: 3, name: 'wide' }).apply(sum) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: told('c', wide) });
    const x = unitTensor(1, [2, 4]);
    const [y] = tf.tidy(() => applyStoringHalf(model, x)) as [tf.Tensor];
    expect(calls).toEqual(['a', 'b', 'stored 4', 'stored 4', 'stored 4', 'c', 'stored 3']);
    expect(new Set(stored.map(({ dataId }) => dataId)).size).toBe(4);
    expect(stored.some(({ dataId }) => dataId === x.dataId || dataId === y.dataId)).toBe(false);
    const want = model.apply(x, { training: true }) as tf.Tensor;
    expect(y.dataSync()).toEqual(want.dataSync());
  });

  it('does not store what a later layer has under another name', () => {
    const input = tf.input({ shape: [2, 3] });
    const flat = tf.layers.flatten().apply(told('a', input)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: told('b', flat) });
    tf.tidy(() => applyStoringHalf(model, unitTensor(1, [5, 2, 3])));
    // Flattened it is the same memory: once, and when the second layer is through with it.
    expect(calls).toEqual(['a', 'b', 'stored 6']);
  });

  it('takes shared layers, several outputs and models inside of models', () => {
    const input = tf.input({ shape: [3] });
    const shared = new Told({ name: 'shared' });
    const once = shared.apply(input) as tf.SymbolicTensor;
    const twice = shared.apply(once) as tf.SymbolicTensor;
    const inner = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.reLU()],
    });
    const model = tf.model({
      inputs: input,
      outputs: [once, inner.apply(twice) as tf.SymbolicTensor],
    });
    const x = unitTensor(2, [4, 3]);
    const got = tf.tidy(() => applyStoringHalf(model, x));
    const want = model.apply(x, { training: true }) as tf.Tensor[];
    expect(got.map((y) => y.dataSync())).toEqual(want.map((y) => y.dataSync()));
    // `once` is an output; `twice` is not.
    expect(stored.map(({ shape }) => shape)).toEqual([[4, 3]]);
    expect(calls.filter((call) => call.startsWith('shared'))).toHaveLength(4);
  });

  it('is refused by a backend that cannot', () => {
    expect(requireHalfStorage).not.toThrow();
    tf.unregisterKernel(storeHalfKernel.name, 'cpu');
    expect(requireHalfStorage).toThrow(
      new ConfigError("train: activations must be 'float32' on backend 'cpu', got 'float16'"),
    );
  });
});
