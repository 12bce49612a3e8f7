import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS, HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 2e-5;

type Config = Parameters<typeof tf.layers.conv2d>[0];

const CASES: Partial<Config>[] = [
  { dilationRate: 2 },
  { dilationRate: [1, 3], padding: 'same' },
  { dilationRate: [2, 1], padding: 'same', useBias: false },
  { dilationRate: 2, activation: 'relu' },
  { dilationRate: 2, activation: 'softmax', padding: 'same' },
  { dilationRate: 2, dataFormat: 'channelsFirst' },
];

/** The layer, with weights that are not zero. */
function layerOf(config: Partial<Config>): tf.layers.Layer {
  const layer = tf.layers.conv2d({ filters: 4, kernelSize: 3, ...config } as Config);
  tf.tidy(() => void layer.apply(tf.zeros([2, 7, 7, 7])));
  layer.setWeights(layer.getWeights().map(({ shape }, i) => unitTensor(i + 1, shape)));
  return layer;
}

/** The variables of the layer's weights. tfjs does not declare them. */
const variablesOf = (layer: tf.layers.Layer) =>
  layer.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);

/** The filter of a convolution without dilations: zeros between the taps. */
function spread(filter: tf.Tensor, dilationRate: Config['dilationRate']): tf.Tensor4D {
  const [down, across] = [dilationRate ?? 1].flat().concat(dilationRate ?? 1) as [number, number];
  const taps = tf.unstack(filter).map((row) => tf.unstack(row));
  const none = tf.zerosLike(taps[0]![0]!);
  const apart = <T>(list: T[], zero: T, step: number) =>
    list.flatMap((one, i) => (i === 0 ? [one] : [...new Array<T>(step - 1).fill(zero), one]));
  const rows = taps.map((row) => tf.stack(apart(row, none, across)));
  return tf.stack(apart(rows, tf.zerosLike(rows[0]!), down)) as tf.Tensor4D;
}

describe.each(BACKENDS.filter((name) => name !== 'cpu'))('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(CASES)('the gradients of %j are those of a filter with zeros', (config) => {
    tf.tidy(() => {
      const layer = layerOf(config);
      const x = unitTensor(7, [2, 7, 7, 7]);
      const weights = variablesOf(layer);
      const [kernel, bias] = weights;
      const isFirst = config.dataFormat === 'channelsFirst';
      const definition = (image: tf.Tensor, taps: tf.Tensor, shift?: tf.Tensor) => {
        const last = (isFirst ? tf.transpose(image, [0, 2, 3, 1]) : image) as tf.Tensor4D;
        const filter = spread(taps, config.dilationRate);
        const y = tf.conv2d(last, filter, 1, config.padding === 'same' ? 'same' : 'valid');
        const biased = shift ? tf.add(y, shift) : y;
        const back = isFirst ? tf.transpose(biased, [0, 3, 1, 2]) : biased;
        if (config.activation === 'relu') return tf.relu(back);
        return config.activation === 'softmax' ? tf.softmax(back) : back;
      };
      const inputs = [x, kernel, bias].filter((one) => one !== undefined) as tf.Tensor[];
      const [image, taps, shift] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
      const want = definition(image, taps, shift);
      const upstream = unitTensor(9, want.shape);
      const loss = (y: tf.Tensor) => tf.sum(tf.mul(y, upstream)) as tf.Scalar;
      const slopes = tf.grads((...all) =>
        loss(definition(...(all as [tf.Tensor, tf.Tensor, tf.Tensor?]))),
      )(inputs);

      const inference = layer.apply(x) as tf.Tensor;
      expect(relativeError(inference.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      const dx = tf.grad((t) => loss(layer.apply(t) as tf.Tensor))(x);
      const { grads } = tf.variableGrads(() => loss(layer.apply(x) as tf.Tensor), weights);
      const got = [dx, ...weights.map(({ name }) => grads[name]!)];
      expect(got).toHaveLength(slopes.length);
      got.forEach((slope, i) => {
        expect(slope.shape).toEqual(slopes[i]!.shape);
        expect(relativeError(slope.dataSync(), slopes[i]!.dataSync())).toBeLessThan(FLOAT32);
      });
      layer.dispose();
    });
  });

  it('refuses several inputs, as tfjs does', () => {
    tf.tidy(() => {
      const layer = layerOf({ dilationRate: 2 });
      const x = unitTensor(7, [2, 7, 7, 7]);
      const slope = tf.grad((t) => layer.call([t, t], {}) as tf.Tensor);
      expect(() => slope(x)).toThrow(/Expected Tensor length to be 1; got 2/);
      layer.dispose();
    });
  });

  it('leaks nothing', () => {
    const layer = layerOf({ dilationRate: 2 });
    const x = unitTensor(7, [2, 7, 7, 7]);
    const leaked = () => tf.tidy(() => void tf.grad((t) => layer.apply(t) as tf.Tensor)(x));
    expect(leakedTensors(leaked)).toBe(0);
    tf.dispose(x);
    layer.dispose();
  });

  it("without the change it keeps tfjs's error", async () => {
    await useBackend(backend, { without: [`${backend}/dilated-gradient`] });
    tf.tidy(() => {
      const layer = layerOf({ dilationRate: 2 });
      const slope = tf.grad((t) => layer.apply(t) as tf.Tensor);
      expect(() => slope(unitTensor(7, [2, 7, 7, 7]))).toThrow(/dilation rates greater than 1/);
      layer.dispose();
    });
    await useBackend(backend);
  });
});

it.runIf(HOST_BACKENDS.includes('cpu'))('cpu has no such gradient', async () => {
  await useBackend('cpu');
  tf.tidy(() => {
    const layer = layerOf({ dilationRate: 2 });
    const slope = tf.grad((t) => layer.apply(t) as tf.Tensor);
    expect(() => slope(unitTensor(7, [2, 7, 7, 7]))).toThrow(/dilation rates greater than 1/);
    layer.dispose();
  });
});
