import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { RunConfig } from '../../src/config/run-config.js';
import { requireLoadable } from '../../src/run/require-loadable.js';

beforeAll(() => tf.setBackend('cpu'));

/** Windows of 2 and of 3 do not fit, so means of their means differ. */
const SHAPE = [7, 5, 2];
const OWN = { pooling: 'own', poolingModule: './own.mjs' } as RunConfig;

/** Means of windows, without a configuration. */
class Means extends tf.layers.Layer {
  static className = 'UnknownMeans';
  readonly strides: number[];
  constructor({ strides = [2, 2], ...config }: { strides?: number[]; name?: string } = {}) {
    super(config);
    this.strides = strides;
  }
  override computeOutputShape([batch, height, width, channels]: tf.Shape): tf.Shape {
    const [down, across] = this.strides as [number, number];
    return [batch!, Math.ceil(height! / down), Math.ceil(width! / across), channels!];
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const window = this.strides as [number, number];
    return tf.avgPool([inputs].flat()[0] as tf.Tensor4D, window, window, 'same');
  }
}

/** The same, in the registry. */
class Forgetful extends Means {
  static override className = 'ForgetfulMeans';
}

class Complete extends Means {
  static override className = 'CompleteMeans';
  override getConfig() {
    return { ...super.getConfig(), strides: this.strides };
  }
}

class NotANumber extends Complete {
  static override className = 'NotANumber';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(super.call(inputs), Number.NaN);
  }
}
for (const cls of [Forgetful, Complete, NotANumber]) tf.serialization.registerClass(cls);

const modelOf = (layer: tf.layers.Layer) =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', inputShape: SHAPE as never }),
      layer,
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 3 }),
    ],
  });

it.each([
  ['is of an unknown class', new Means(), 'got "Unknown layer: UnknownMeans'],
  ['forgets its strides', new Forgetful({ strides: [3, 2] }), 'got a network with other predictio'],
])('refuses a network with a layer that %s', async (_, layer, message) => {
  const rule =
    "--import ./own.mjs: the layer of 'own' must be the same after it is stored and loaded";
  await expect(requireLoadable(modelOf(layer), OWN, SHAPE)).rejects.toThrow(`${rule}, ${message}`);
});

it.each([
  ['returns its settings', new Complete({ strides: [3, 2] })],
  ['has the settings of its class', new Forgetful()],
  ['computes no numbers', new NotANumber({ strides: [3, 2] })],
])('takes one with a layer that %s, and leaks nothing', async (_, layer) => {
  const model = modelOf(layer);
  const before = tf.memory().numTensors;
  await requireLoadable(model, OWN, SHAPE);
  expect(tf.memory().numTensors).toBe(before);
});

it('checks only poolings of the user', async () => {
  const config = { pooling: 'diffstride' } as RunConfig;
  await requireLoadable(modelOf(new Means()), config, SHAPE);
});
