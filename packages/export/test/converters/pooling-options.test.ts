import {
  ApsPool,
  AsapPool,
  AvgBlurPool,
  BlurPool,
  DctDiffStride,
  DctPool,
  DiffStride,
  FlcPool,
  FractionalAvgPool,
  FractionalMaxPool,
  LpsPool,
  MaxBlurPool,
  SpectralPool,
  TipsPool,
} from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectExported } from '../expect-exported.js';

beforeAll(() => tf.setBackend('cpu'));

const CASES: Record<string, () => tf.layers.Layer> = {
  'BlurPool, 1 tap': () => new BlurPool({ filterSize: 1, strides: [2, 3] }),
  'BlurPool, 1 tap at stride 1': () => new BlurPool({ filterSize: 1, strides: 1 }),
  'BlurPool, 2 taps, zero': () => new BlurPool({ filterSize: 2, padding: 'zero' }),
  'BlurPool, 4 taps, reflect': () => new BlurPool({ filterSize: 4, strides: [1, 2] }),
  'BlurPool, 7 taps, replicate': () => new BlurPool({ filterSize: 7, padding: 'replicate' }),
  'BlurPool, 1 and 5 taps, circular': () =>
    new BlurPool({ filterSize: [1, 5], padding: 'circular' }),
  'BlurPool, Kaiser': () => new BlurPool({ filter: 'kaiser', attenuation: 30, strides: [2, 1] }),
  'BlurPool, an output size': () => new BlurPool({ outputSize: [4, 7], attenuation: 30 }),
  'MaxBlurPool, an output size': () => new MaxBlurPool({ outputSize: 6, padding: 'circular' }),
  'BlurPool, own taps': () =>
    new BlurPool({
      filter: {
        taps: [
          [3, 1],
          [1, 2, 4],
        ],
      },
    }),
  'MaxBlurPool, 3×3, circular': () => new MaxBlurPool({ poolSize: 3, padding: 'circular' }),
  'AvgBlurPool, own taps': () => new AvgBlurPool({ filter: { taps: [1, 2, 4] } }),
  'MaxBlurPool, 3×3': () => new MaxBlurPool({ poolSize: 3, filterSize: 5 }),
  'AvgBlurPool, 3×3': () => new AvgBlurPool({ poolSize: 3, padding: 'zero' }),
  'SpectralPool, backward': () => new SpectralPool({ strides: [1.3, 2], norm: 'backward' }),
  'DiffStride, not cropped': () => new DiffStride({ smoothness: 2, cropping: false }),
  'DiffStride, symmetric': () =>
    new DiffStride({ strides: [1.7, 2.4], smoothness: 1, alignment: 'symmetric' }),
  'DiffStride, the identity': () => new DiffStride({ strides: 1, smoothness: 0 }),
  'DctPool, forward': () => new DctPool({ strides: [1.3, 2], norm: 'forward' }),
  'DctDiffStride, not cropped': () => new DctDiffStride({ smoothness: 2, cropping: false }),
  'FlcPool, modulus': () => new FlcPool({ strides: [1.6, 2], modulus: true }),
  'FlcPool, modulus, an output size': () => new FlcPool({ outputSize: [4, 7], modulus: true }),
  'AsapPool, an output size': () => new AsapPool({ outputSize: 5 }),
  'FlcPool, modulus, backward': () => new FlcPool({ modulus: true, norm: 'backward' }),
  'FlcPool, modulus, ortho': () => new FlcPool({ modulus: true, norm: 'ortho' }),
  'AsapPool, published': () => new AsapPool({ strides: 1.5, windowCenter: 'published' }),
  'FractionalMaxPool, overlapping': () =>
    new FractionalMaxPool({ ratio: [1.4, 1.7], overlapping: true, seed: 3 }),
  'FractionalMaxPool, 3 samples': () => new FractionalMaxPool({ samples: 3, pseudoRandom: true }),
  'FractionalAvgPool, 2 samples': () =>
    new FractionalAvgPool({ outputSize: [4, 5], samples: 2, seed: 5 }),
  'ApsPool, ℓ1': () => new ApsPool({ order: 1, strides: [2, 1] }),
  'ApsPool, ℓ3, padded': () => new ApsPool({ order: 3, strides: 3 }),
  'ApsPool, the identity': () => new ApsPool({ strides: 1 }),
  'LpsPool, the identity': () => new LpsPool({ strides: 1 }),
  'TipsPool, the identity': () => new TipsPool({ strides: 1 }),
  'TipsPool, padded': () => new TipsPool({ strides: [3, 2], seed: 2 }),
  'TipsPool, quadrants': () => new TipsPool({ averaging: 'quadrant' }),
  'LpsPool, hidden 3': () => new LpsPool({ hidden: 3, strides: [3, 2], seed: 2 }),
};

describe('an exported pooling equals the layer', () => {
  it.each(Object.entries(CASES))('%s', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [9, 10, 2] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(tf.model({ inputs: input, outputs: output }));
  });

  it.each([
    ['BlurPool', () => new BlurPool({ dataFormat: 'channelsFirst' })],
    ['DiffStride', () => new DiffStride({ dataFormat: 'channelsFirst', smoothness: 2 })],
    ['FractionalMaxPool', () => new FractionalMaxPool({ dataFormat: 'channelsFirst' })],
    ['ApsPool', () => new ApsPool({ dataFormat: 'channelsFirst' })],
    ['LpsPool', () => new LpsPool({ dataFormat: 'channelsFirst' })],
    ['TipsPool', () => new TipsPool({ dataFormat: 'channelsFirst' })],
    ['FlcPool', () => new FlcPool({ dataFormat: 'channelsFirst', modulus: true })],
  ])('%s with channels first', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [2, 9, 10] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(tf.model({ inputs: input, outputs: output }));
  });

  it.each([
    ['ApsPool', () => new ApsPool()],
    ['LpsPool', () => new LpsPool()],
    ['TipsPool', () => new TipsPool()],
  ])('%s with one choice for two branches', async (_name, make) => {
    const inputs = ['main', 'shortcut'].map((name) => tf.input({ name, shape: [5, 6, 2] }));
    const outputs = make().apply(inputs) as tf.SymbolicTensor[];
    await expectExported(tf.model({ inputs, outputs }));
  });

  it.each([
    ['ApsPool', () => new ApsPool({ returnsChoice: true })],
    ['LpsPool', () => new LpsPool({ returnsChoice: true, dataFormat: 'channelsFirst' })],
  ])('%s with its choice, as an output and for another layer', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [5, 6, 2] });
    const [pooled, choice] = make().apply(input) as [tf.SymbolicTensor, tf.SymbolicTensor];
    const dense = tf.layers.dense({ units: 2 }).apply(choice) as tf.SymbolicTensor;
    await expectExported(tf.model({ inputs: input, outputs: [pooled, choice, dense] }));
  });
});
