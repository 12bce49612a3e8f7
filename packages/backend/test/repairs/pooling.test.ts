import { leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';

/** Computes the gradient of the sum of all outputs. */
const slopes = (op: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => [
  ...tf.tidy(() =>
    tf
      .grad((input: tf.Tensor) => tf.sum(op(input)))(x)
      .dataSync(),
  ),
];

const POOLS = { avgPool: tf.avgPool, maxPool: tf.maxPool };

const rounded = (values: number[]) => values.map((value) => Math.round(1e5 * value) / 1e5);

describe.each(BACKENDS)('pooling on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('the gradient of a mean counts only pixels inside the image', () => {
    const x = tf.ones([1, 3, 3, 1]) as tf.Tensor4D;
    const average = (input: tf.Tensor) => tf.avgPool(input as tf.Tensor4D, 2, 2, 'same');
    expect(slopes(average, x)).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
    const layer = tf.layers.averagePooling2d({ poolSize: 2, strides: 2, padding: 'same' });
    expect(slopes((input) => layer.apply(input) as tf.Tensor, x)).toEqual(slopes(average, x));
    // An image without a batch axis.
    const image = tf.ones([3, 3, 1]) as tf.Tensor3D;
    expect(slopes((input) => tf.avgPool(input as tf.Tensor3D, 2, 2, 'same'), image)).toEqual(
      slopes(average, x),
    );
    tf.dispose([x, image]);
  });

  it('does so with explicit padding that differs between borders', () => {
    const x = tf.ones([1, 2, 3, 1]) as tf.Tensor4D;
    const pad = [
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ] as unknown as number;
    const average = (input: tf.Tensor) => tf.avgPool(input as tf.Tensor4D, 2, 1, pad);
    // The windows contain 1 and 2 rows, and 2, 2 and 1 columns.
    expect(rounded(slopes(average, x))).toEqual([0.75, 1.5, 2.25, 0.25, 0.5, 0.75]);
    tf.dispose(x);
  });

  it.each([
    // Rounded up, the third window crosses the border. Rounded down, two rows are not covered.
    { height: 5, filter: 4, stride: 3, pad: [3, 1], rounding: 'round', want: [0, 1.5, 3.5] },
    { height: 4, filter: 3, stride: 4, pad: [0, 2], rounding: 'floor', want: [1] },
    { height: 9, filter: 2, stride: 5, pad: [0, 0], rounding: 'floor', want: [0.5, 5.5] },
  ] as const)('rounds sizes as requested: $height rows, $pad, $rounding', (sizes) => {
    const { height, filter, stride, pad, rounding, want } = sizes;
    const x = tf.reshape(tf.range(0, height), [1, height, 1, 1]) as tf.Tensor4D;
    const margins = [[0, 0], [...pad], [0, 0], [0, 0]] as unknown as number;
    const y = tf.avgPool(x, [filter, 1], [stride, 1], margins, rounding);
    expect([...y.dataSync()]).toEqual(want);
    tf.dispose([x, y]);
  });

  it('does so in three dimensions', () => {
    const x = tf.ones([1, 3, 3, 1, 1]) as tf.Tensor5D;
    const average = (input: tf.Tensor) => tf.avgPool3d(input as tf.Tensor5D, [2, 2, 1], 2, 'same');
    expect(slopes(average, x)).toEqual([0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1]);
    tf.dispose(x);
  });

  it('sends the gradient of a maximum to the first of equal pixels', () => {
    const x = tf.tensor4d([1, 1, 1, 1, 0, 0, 2, 0, 2], [1, 3, 3, 1]);
    const most = (input: tf.Tensor) => tf.maxPool(input as tf.Tensor4D, 2, 2, 'same');
    expect(slopes(most, x)).toEqual([1, 0, 1, 0, 0, 0, 1, 0, 1]);
    const wide = tf.ones([1, 7, 9, 1]) as tf.Tensor4D;
    const whole = slopes((input) => tf.maxPool(input as tf.Tensor4D, [7, 9], 1, 'valid'), wide);
    expect(whole.indexOf(1)).toBe(0);
    expect(whole.filter((slope) => slope !== 0)).toHaveLength(1);
    tf.dispose([x, wide]);
  });

  it('computes maxima of any magnitude', () => {
    const x = tf.fill([1, 2, 2, 1], -3e30) as tf.Tensor4D;
    const y = tf.maxPool(x, 2, 2, 'same');
    const deep = tf.maxPool3d(tf.reshape(x, [1, 1, 2, 2, 1]) as tf.Tensor5D, 2, 2, 'same');
    for (const one of [y, deep]) expect([...one.dataSync()]).toEqual([Math.fround(-3e30)]);
    tf.dispose([x, y, deep]);
  });

  it('computes each size from the filter and stride of its axis if the padding is a number', () => {
    const x = tf.range(0, 21).reshape([1, 7, 3, 1]) as tf.Tensor4D;
    const y = tf.avgPool(x, [4, 2], [3, 1], 0);
    expect(y.shape).toEqual([1, 2, 2, 1]);
    expect([...y.dataSync()]).toEqual([5, 6, 14, 15]);
    const filter = tf.ones([4, 2, 1, 1]) as tf.Tensor4D;
    const z = tf.conv2d(x, filter, [3, 1], 0);
    expect(z.shape).toEqual([1, 2, 2, 1]);
    expect([...z.dataSync()]).toEqual([40, 48, 112, 120]);
    tf.dispose([x, y, filter, z]);
  });

  it.each(['avgPool', 'maxPool'] as const)('cuts huge windows to the image: %s', (name) => {
    const x = tf.range(0, 162).reshape([1, 9, 9, 2]) as tf.Tensor4D;
    const whole = name === 'maxPool' ? [160, 161] : [80, 81];
    for (const size of [10, 100, 32768, 65536, 1e6]) {
      for (const pad of ['same', 'valid'] as const) {
        if (pad === 'valid' && size > 9) continue;
        const y = POOLS[name](x, size, size, pad);
        expect(y.shape).toEqual([1, 1, 1, 2]);
        expect([...y.dataSync()]).toEqual(whole);
        tf.dispose(y);
        const slope = slopes((image) => POOLS[name](image as tf.Tensor4D, size, size, pad), x);
        const want = whole.map((_, channel) => (name === 'maxPool' ? channel : 1 / 81));
        expect(rounded(slope.slice(-2))).toEqual(rounded(name === 'maxPool' ? [1, 1] : want));
      }
    }
    // Three pixels of padding before the image, and none after it.
    const margins = [
      [0, 0],
      [3, 0],
      [0, 0],
      [0, 0],
    ] as unknown as number;
    const column = tf.range(0, 4).reshape([1, 4, 1, 1]) as tf.Tensor4D;
    const y = POOLS[name](column, [5, 1], [9, 1], margins);
    expect([...y.dataSync()]).toEqual(name === 'maxPool' ? [1] : [0.5]);
    // Windows of 6 at stride 1 around 4 pixels.
    const many = POOLS[name](column, [6, 1], 1, 'same');
    const want = name === 'maxPool' ? [3, 3, 3, 3] : [1.5, 1.5, 1.5, 2];
    expect([...many.dataSync()]).toEqual(want);
    tf.dispose([x, column, y, many]);
  });

  it.each(['avgPool', 'maxPool'] as const)('returns no values for no windows: %s', (name) => {
    const small = tf.ones([1, 3, 4, 1]) as tf.Tensor4D;
    const y = POOLS[name](small, 4, 2, 'valid');
    expect(y.shape).toEqual([1, 0, 1, 1]);
    expect([...y.dataSync()]).toEqual([]);
    const none = POOLS[name](tf.zeros([0, 4, 4, 1]) as tf.Tensor4D, 2, 2, 'valid');
    expect(none.shape).toEqual([0, 2, 2, 1]);
    expect(slopes((x) => POOLS[name](x as tf.Tensor4D, 4, 2, 'valid'), small)).toEqual(
      new Array(12).fill(0),
    );
    expect(() => POOLS[name](small, 6, 1, 'valid')).toThrow(
      `${name}: the window must fit into the padded image, got a window of 6×6 for 3×4 pixels`,
    );
    // The backend still works.
    const whole = POOLS[name](tf.ones([1, 4, 4, 1]) as tf.Tensor4D, 4, 1, 'valid');
    expect([...whole.dataSync()]).toEqual([1]);
    tf.dispose([small, y, none, whole]);
  });

  it('refuses a window without a pixel', () => {
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    expect(() => tf.avgPool(x, 2, 2, 2)).toThrow(
      'avgPool: every window must contain a pixel of the image, ' +
        'got filterSize 2, strides 2 and pad 2 for 4×4 pixels',
    );
    expect(() => tf.maxPool(x, 1, 5, 0, 'ceil')).toThrow(
      'maxPool: every window must contain a pixel',
    );
    tf.dispose(x);
  });

  it('leaks nothing', () => {
    const x = tf.ones([1, 5, 4, 2]) as tf.Tensor4D;
    const deep = tf.ones([1, 2, 5, 4, 2]) as tf.Tensor5D;
    const all = () => [
      tf.grad((input) => tf.avgPool(input as tf.Tensor4D, 2, 3, 'same').sum())(x),
      tf.grad((input) => tf.maxPool(input as tf.Tensor4D, [3, 2], 2, 1).sum())(x),
      tf.grad((input) => tf.avgPool3d(input as tf.Tensor5D, 2, 3, 'same').sum())(deep),
      tf.grad((input) => tf.maxPool3d(input as tf.Tensor5D, 2, 3, 'same').sum())(deep),
    ];
    expect(leakedTensors(all)).toBe(0);
    const data = tf.engine().backend.numDataIds();
    tf.dispose(all());
    expect(tf.engine().backend.numDataIds()).toBe(data);
    tf.dispose([x, deep]);
  });
});
