import { useBackend } from '@ds/backend';
import { BlurPool, DiffStride, SpectralPool } from '@ds/layers';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { freezeStrides, resnet18 } from '../src/index.js';

const SMOOTHNESS = 2;

/** The ramp of the paper, in double precision. */
const ramp = (distance: number, half: number) =>
  Math.min(Math.max((SMOOTHNESS + half - distance) / SMOOTHNESS, 0), 1);

interface Sizes {
  input: [number, number];
  strides: [number, number];
  alignment: 'published' | 'symmetric';
}

/** The mask of an image: its rows by frequency, and the columns of the half-spectrum. */
function masks({ input: [height, width], strides, alignment }: Sizes) {
  const rows = Array.from({ length: height }, (_, row) => {
    const k = row < height / 2 ? row : row - height;
    // As published, negative frequencies of images with even sides are one bin nearer.
    const distance = Math.abs(k) - (alignment === 'published' && k < 0 ? 1 : 0);
    return ramp(distance, height / strides[0] / 2);
  });
  const columns = Array.from({ length: width / 2 + 1 }, (_, l) =>
    ramp(l, width / strides[1] / 2 + 1),
  );
  return { rows, columns };
}

/** The inverse DFT of the mask at offset [n, m], by sums over all frequencies. */
function response(sizes: Sizes, n: number, m: number): number {
  const { rows, columns } = masks(sizes);
  const [height, width] = sizes.input;
  const highest = columns.filter((mask) => mask > 0).length - 1;
  let total = 0;
  rows.forEach((rowMask, k) => {
    columns.forEach((columnMask, l) => {
      // The half-spectrum represents both signs, except at its ends.
      const copies = l === 0 || l === highest ? 1 : 2;
      const phase = 2 * Math.PI * ((k * n) / height + (l * m) / width);
      total += copies * rowMask * columnMask * Math.cos(phase);
    });
  });
  return total / (height * width);
}

function oneLayer(layer: tf.layers.Layer, shape: number[]) {
  const input = tf.input({ shape });
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
}

/** Correlates an image with taps given by a function. Pixels beyond the border are 0. */
function convolve(
  image: number[][],
  [strideH, strideW]: [number, number],
  [rows, columns]: [number[], number[]],
  tap: (n: number, m: number) => number,
): number[] {
  const [height, width] = [image.length, image[0]!.length];
  const y: number[] = [];
  for (let i = 0; i < height; i += strideH) {
    for (let j = 0; j < width; j += strideW) {
      let total = 0;
      for (const n of rows) {
        for (const m of columns) total += tap(n, m) * (image[i + n]?.[j + m] ?? 0);
      }
      y.push(total);
    }
  }
  return y;
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('freezeStrides with round', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(['symmetric', 'published'] as const)(
    'convolves with the inverse DFT of the %s mask, at integer strides',
    (alignment) => {
      const sizes: Sizes = { input: [32, 40], strides: [2.6, 4.6], alignment };
      const options = { smoothness: SMOOTHNESS, alignment, norm: 'forward' as const };
      const model = oneLayer(new DiffStride({ strides: sizes.strides, ...options }), [32, 40, 2]);
      const frozen = freezeStrides(model, [32, 40, 2], { round: true });
      const convolution = frozen.layers.find((one) => one.getClassName() === 'DepthwiseConv2D')!;
      // The learned map has 17 or 18 rows and 14 columns, see `masks`.
      expect(convolution.getConfig().strides).toEqual([2, 3]);
      // ⌈2 · 2.6⌉ and ⌈2 · 4.6⌉ taps before the centre. From there on: a stride of 2, and a stride
      // of 3 less the overhang of 2, both with the centre.
      const rows = range(-6, 7);
      const columns = range(-10, 10);
      expect(convolution.getConfig().kernelSize).toEqual([rows.length, columns.length]);
      const all = rows.map((n) => columns.map((m) => response(sizes, n, m)));
      const scale = 1 / all.flat().reduce((sum, one) => sum + one, 0);
      const tap = (n: number, m: number) => scale * all[n - rows[0]!]![m - columns[0]!]!;
      const x = unitTensor(3, [1, 32, 40, 2]);
      const y = frozen.predict(x) as tf.Tensor4D;
      expect(y.shape).toEqual([1, 16, 14, 2]);
      const image = x.squeeze([0]).unstack(2) as tf.Tensor2D[];
      const want = image.map((one) => convolve(one.arraySync(), [2, 3], [rows, columns], tap));
      const got = (y.squeeze([0]).unstack(2) as tf.Tensor2D[]).map((one) => one.dataSync());
      want.forEach((one, channel) => {
        expect(relativeError(got[channel]!, Float32Array.from(one))).toBeLessThan(1e-5);
      });
    },
  );

  it.each([
    ['ortho', Math.sqrt((24 * 24) / (12 * 12))],
    ['forward', 1],
  ] as const)('keeps the scale of a constant image with norm %s', (norm, scale) => {
    const model = oneLayer(new SpectralPool({ strides: 2, norm }), [24, 24, 1]);
    const frozen = freezeStrides(model, [24, 24, 1], { round: true });
    const y = frozen.predict(tf.ones([1, 24, 24, 1])) as tf.Tensor4D;
    // The window of a central pixel is inside the image.
    expect(y.arraySync()[0]![6]![6]![0]).toBeCloseTo(scale, 4);
  });

  it('is the same with channels first, at any side, and for a filter without sampling', () => {
    for (const [config, height, width, size] of [
      [{ strides: [1.6, 3.4], smoothness: 1 }, 13, 17, [13, 9]],
      [{ strides: [2, 2], smoothness: 1, cropping: false }, 12, 12, [12, 12]],
      [{ strides: [9, 9], smoothness: 0 }, 5, 7, [1, 2]],
    ] as const) {
      const of = (dataFormat: 'channelsFirst' | 'channelsLast') => {
        const layer = new DiffStride({ ...config, dataFormat } as never);
        const isFirst = dataFormat === 'channelsFirst';
        const shape = isFirst ? [2, height, width] : [height, width, 2];
        const model = oneLayer(layer, shape);
        const x = unitTensor(2, [1, height, width, 2]);
        const given = isFirst ? x.transpose([0, 3, 1, 2]) : x;
        const frozen = freezeStrides(model, shape, { round: true });
        const y = frozen.predict(given) as tf.Tensor;
        return isFirst ? y.transpose([0, 2, 3, 1]) : y;
      };
      const [last, first] = [of('channelsLast'), of('channelsFirst')];
      expect(last.shape).toEqual([1, ...size, 2]);
      expect(relativeError(first.dataSync(), last.dataSync())).toBeLessThan(1e-6);
    }
  });

  it('leaves a pooling of integer strides as matrices, and an identity away', () => {
    const blur = oneLayer(new BlurPool({ strides: 2 }), [8, 8, 2]);
    const x = unitTensor(1, [2, 8, 8, 2]);
    const frozen = freezeStrides(blur, [8, 8, 2], { round: true });
    const outputs = [frozen, blur].map((model) => (model.predict(x) as tf.Tensor).dataSync());
    expect(relativeError(outputs[0]!, outputs[1]!)).toBeLessThan(1e-5);
    const whole = oneLayer(new DiffStride({ strides: 1, smoothness: 1 }), [8, 8, 2]);
    const { layers } = freezeStrides(whole, [8, 8, 2], { round: true });
    // An output that is an input passes through a linear layer.
    expect(layers.map((layer) => layer.getClassName())).toEqual(['InputLayer', 'Activation']);
  });

  it('makes a network of stock layers, which loads and leaks nothing', async () => {
    const shape: [number, number, number] = [12, 16, 3];
    const poolingConfig = { smoothness: 1 };
    const strides = [1, 1, 1.6, 2.4, 1];
    const model = resnet18({
      inputShape: shape,
      classes: 3,
      width: 2,
      seed: 2,
      strides,
      poolingConfig,
    });
    const x = unitTensor(6, [2, ...shape]);
    const before = tf.memory().numTensors;
    const frozen = freezeStrides(model, shape, { round: true });
    const topology = frozen.toJSON() as string;
    expect(topology).not.toContain('ds>');
    expect(topology).not.toContain('pool.rows');
    const loaded = await tf.models.modelFromJSON(JSON.parse(topology));
    loaded.setWeights(frozen.getWeights());
    const [want, got] = [frozen, loaded].map((one) =>
      tf.tidy(() => (one.predict(x) as tf.Tensor).dataSync()),
    );
    expect(got).toEqual(want);
    frozen.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('are not scaled if the mask drops frequency 0, where a constant image has no result', () => {
  // As published, the rows of a height of 3 are masked by their distance to a centre between bins.
  const pool = new DiffStride({ strides: [2, 2], smoothness: 0 });
  const model = oneLayer(pool, [3, 4, 1]);
  tf.tidy(() => {
    const ones = tf.ones([1, 3, 4, 1]);
    expect(tf.max(tf.abs(model.predict(ones) as tf.Tensor)).dataSync()[0]).toBeLessThan(1e-6);
    const rounded = freezeStrides(model, [3, 4, 1], { round: true });
    const kernel = rounded.layers
      .flatMap(({ weights }) => weights)[0]!
      .read()
      .dataSync();
    // The taps of the pooling are means over the image of cosines.
    expect(kernel.every((tap) => Math.abs(tap) <= 1)).toBe(true);
    expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(0.1);
  });
});
