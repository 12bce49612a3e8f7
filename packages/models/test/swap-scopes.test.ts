import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { strideVariables, swapDownsampling } from '../src/index.js';

beforeAll(() => useBackend('cpu'));

const conv = (name: string, options: object = {}) =>
  tf.layers.conv2d({
    name,
    filters: 2,
    kernelSize: 3,
    padding: 'same',
    strides: 2,
    kernelInitializer: tf.initializers.randomNormal({ seed: 1 }),
    ...options,
  });

/** A model of three frames of 8×8 pixels, each of which a layer takes by itself. */
function framesOf(layer: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [3, 8, 8, 2] });
  const outputs = tf.layers.timeDistributed({ name: 'each', layer }).apply(input);
  return tf.model({ inputs: input, outputs: outputs as tf.SymbolicTensor });
}

/** A convolution and a global pooling. */
const trunk = () =>
  tf.sequential({
    name: 'trunk',
    layers: [conv('conv', { inputShape: [8, 8, 2] }), tf.layers.globalAveragePooling2d({})],
  }) as tf.layers.Layer;

function apart(a: tf.LayersModel, b: tf.LayersModel): number {
  return tf.tidy(() => {
    const x = unitTensor(3, [2, 3, 8, 8, 2]);
    const [got, want] = [b, a].map((model) => (model.predict(x) as tf.Tensor).dataSync());
    return relativeError(got!, want!);
  });
}

describe('a swap inside TimeDistributed', () => {
  it.each([
    ['a layer', () => conv('conv'), 'each/conv', [4, 4, 2]],
    ['a model', trunk, 'each/trunk/conv', [4, 4, 2]],
  ])('of %s keeps the numbers and the weights, with subsampling', (_, make, path, outputShape) => {
    const model = framesOf(make());
    const { model: copy, report } = swapDownsampling(model, 'subsample');
    expect(report).toEqual([
      {
        layer: path,
        className: 'Conv2D',
        strides: [2, 2],
        outputShape,
        swapped: { after: 'conv', pooling: 'conv.pool', strides: [2, 2], outputShape },
        reason: '',
      },
    ]);
    expect(copy.outputs[0]!.shape).toEqual(model.outputs[0]!.shape);
    expect(apart(model, copy)).toBeLessThan(1e-5);
    const [kernel, changed] = [copy.getWeights()[0]!, model.getWeights()[0]!];
    expect(kernel.dataSync()).toEqual(changed.dataSync());
    // The copy has variables of its own.
    model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight)));
    expect(Math.max(...copy.getWeights()[0]!.dataSync())).toBeGreaterThan(0);
  });

  it('takes paths in options, and learns strides before a global pooling', () => {
    const { model: copy, report } = swapDownsampling(framesOf(trunk()), 'diffstride', {
      strides: { 'each/trunk/conv': [2, 1] },
      where: (_, path) => path === 'each/trunk/conv',
    });
    expect(report[0]!.swapped).toMatchObject({ strides: [2, 1] });
    const [strides] = strideVariables(copy);
    expect([...strides!.variable.dataSync()]).toEqual([2, 1]);
    strides!.variable.assign(tf.tensor1d([3.2, 2.1]));
    expect((copy.predict(unitTensor(1, [1, 3, 8, 8, 2])) as tf.Tensor).shape).toEqual([1, 3, 2]);
  });

  it('leaves what would give the wrapper outputs of another size, and frees what it made', () => {
    const model = framesOf(conv('conv'));
    const before = tf.memory().numTensors;
    const { model: copy, report } = swapDownsampling(model, 'diffstride');
    expect(report.map(({ layer, reason }) => `${layer}: ${reason}`)).toEqual([
      'each/conv: its TimeDistributed needs outputs of a fixed size',
    ]);
    expect(apart(model, copy)).toBeLessThan(1e-5);
    copy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees what it made if a callback throws', () => {
    const model = framesOf(conv('conv'));
    const before = tf.memory().numTensors;
    const where = () => {
      throw new Error('stop');
    };
    expect(() => swapDownsampling(model, 'blur', { where })).toThrow('stop');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps the order of the network in the report, and swaps a shared model once', () => {
    const shared = trunk();
    const input = tf.input({ shape: [16, 16, 2] });
    const map = conv('before').apply(input) as tf.SymbolicTensor;
    const times = tf.layers.reshape({ targetShape: [1, 8, 8, 2] }).apply(map);
    const vectors = ['one', 'two'].map((name) =>
      tf.layers.timeDistributed({ name, layer: shared }).apply(times),
    ) as tf.SymbolicTensor[];
    const model = tf.model({ inputs: input, outputs: vectors });
    const { model: copy, report } = swapDownsampling(model, 'blur');
    expect(report.map(({ layer, swapped }) => `${layer} ${swapped?.pooling}`)).toEqual([
      'before before.pool',
      'one/trunk/conv conv.pool',
    ]);
    const [a, b] = tf.tidy(() =>
      (copy.predict(unitTensor(1, [1, 16, 16, 2])) as tf.Tensor[]).map((y) => y.dataSync()),
    ) as unknown as Float32Array[];
    expect(a).toEqual(b);
    expect(copy.countParams()).toBe(model.countParams());
  });
});
