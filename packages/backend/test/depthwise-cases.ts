import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { directConvolution, type Sizes, shapesOf } from './direct-convolution.js';
import { poisonMemory } from './poison.js';

/** Error bound: float32 sums in another order. */
const FLOAT32 = 1e-5;

const size = (max: number) => fc.integer({ min: 1, max });
const margin = fc.tuple(fc.nat(3), fc.nat(3));

const cases: fc.Arbitrary<Sizes> = fc
  .record({
    batch: size(2),
    image: fc.tuple(size(11), fc.oneof(size(9), fc.constant(33))),
    channels: fc.oneof(size(9), fc.constantFrom(16, 21)),
    filters: fc.constantFrom(1, 1, 1, 2, 3, 4),
    window: fc.tuple(size(4), size(4)),
    strides: fc.tuple(size(4), size(4)),
    dilations: fc.oneof(fc.constant<[number, number]>([1, 1]), fc.tuple(size(3), size(3))),
    pad: fc.oneof(fc.constantFrom('same' as const, 'valid' as const), fc.tuple(margin, margin)),
  })
  .filter((sizes) => shapesOf(sizes, true).y.every((side) => side > 0));

/** The padding in the form of the ops, for channels last. */
const padding = ({ pad }: Sizes) =>
  typeof pad === 'string' ? pad : ([[0, 0], ...pad, [0, 0]] as [number, number][]);

/** Expects y, dx and df of the op to match their definitions. */
function expectRight(sizes: Sizes): void {
  tf.tidy(() => {
    const shapes = shapesOf(sizes, true);
    const [x, filter] = [unitTensor(1, shapes.x), unitTensor(2, shapes.filter)];
    const dy = unitTensor(3, shapes.y);
    const want = directConvolution(sizes, true, x.dataSync(), filter.dataSync(), dy.dataSync());
    poisonMemory();
    const { strides, dilations } = sizes;
    const op = (a: tf.Tensor, f: tf.Tensor) => {
      const pad = padding(sizes) as 'same';
      return tf.depthwiseConv2d(
        a as tf.Tensor4D,
        f as tf.Tensor4D,
        strides,
        pad,
        'NHWC',
        dilations,
      );
    };
    const y = op(x, filter);
    expect(y.shape).toEqual(shapes.y);
    const [dx, df] = tf.grads(op)([x, filter], dy) as [tf.Tensor, tf.Tensor];
    expect(relativeError(y.dataSync(), want.y)).toBeLessThan(FLOAT32);
    expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
    expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
  });
}

const plain: Pick<Sizes, 'batch' | 'strides' | 'dilations' | 'pad'> = {
  batch: 2,
  strides: [1, 1],
  dilations: [1, 1],
  pad: 'same',
};

/** Declares the tests of depthwise convolutions on a backend. */
export function describeDepthwise(backend: 'cpu' | 'wasm' | 'webgpu'): void {
  beforeAll(() => useBackend(backend));

  it.each<Sizes>([
    { ...plain, image: [4, 4], channels: 2, filters: 1, window: [3, 1], strides: [2, 2] },
    { ...plain, image: [32, 32], channels: 3, filters: 1, window: [3, 3], strides: [4, 4] },
    { ...plain, image: [9, 10], channels: 8, filters: 1, window: [3, 3], strides: [2, 2] },
    { ...plain, image: [7, 6], channels: 4, filters: 1, window: [3, 3] },
    { ...plain, image: [5, 7], channels: 3, filters: 2, window: [2, 3], strides: [3, 1] },
    { ...plain, image: [1, 1], channels: 1, filters: 3, window: [5, 5] },
    { ...plain, image: [6, 6], channels: 2, filters: 1, window: [1, 1], strides: [3, 3] },
  ])('matches its definition, with its gradients: %j', expectRight);

  it.each([
    [[0, 5, 5, 2], false],
    [[1, 2, 5, 2], false],
    [[0, 5, 5, 2], true],
    [[1, 2, 5, 2], true],
  ] as const)(
    'of nothing or too few pixels is nothing: %j, depthwise: %s',
    (shape, isDepthwise) => {
      tf.tidy(() => {
        const [x, filter] = [unitTensor(1, [...shape]), unitTensor(2, [3, 3, 2, 2])];
        const op = (a: tf.Tensor, f: tf.Tensor) =>
          (isDepthwise ? tf.depthwiseConv2d : tf.conv2d)(
            a as tf.Tensor4D,
            f as tf.Tensor4D,
            1,
            'valid',
          );
        poisonMemory();
        expect(op(x, filter).size).toBe(0);
        const [dx, df] = tf.grads(op)([x, filter]) as [tf.Tensor, tf.Tensor];
        expect([...dx.dataSync()]).toEqual(Array(x.size).fill(0));
        expect([...df.dataSync()]).toEqual(Array(filter.size).fill(0));
        expect(() => op(tf.zeros([1, 0, 5, 2]), filter)).toThrow(
          /onv2d: the filter must fit into the padded image, got a filter of 3×3 for 0×5 pixels/,
        );
      });
    },
  );

  it('leaks nothing', () => {
    const [x, filter] = [tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 2])];
    const gradient = tf.grads((a: tf.Tensor, f: tf.Tensor) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, f as tf.Tensor4D, 2, 'same'),
    );
    const buffers = tf.memory().numDataBuffers;
    expect(leakedTensors(() => gradient([x, filter]))).toBe(0);
    expect(tf.memory().numDataBuffers).toBe(buffers);
    tf.dispose([x, filter]);
  });

  it('has correct gradients as the first half of a separable convolution', () => {
    const sizes: Sizes = { ...plain, image: [6, 5], channels: 3, filters: 2, window: [3, 3] };
    tf.tidy(() => {
      const shapes = shapesOf(sizes, true);
      const [x, filter] = [unitTensor(1, shapes.x), unitTensor(2, shapes.filter)];
      const pointwise = unitTensor(4, [1, 1, 6, 5]);
      const dy = unitTensor(3, [2, 6, 5, 5]);
      // The upstream gradient of the first half: dy · pointwiseᵀ.
      const [vd, vp] = [dy.dataSync(), pointwise.dataSync()];
      const upstream = Float64Array.from({ length: 2 * 6 * 5 * 6 }, (_, at) => {
        const [pixel, channel] = [Math.floor(at / 6), at % 6];
        return [0, 1, 2, 3, 4].reduce(
          (sum, b) => sum + vd[pixel * 5 + b]! * vp[channel * 5 + b]!,
          0,
        );
      });
      const want = directConvolution(sizes, true, x.dataSync(), filter.dataSync(), upstream);
      const op = (...[a, f, p]: tf.Tensor[]) =>
        tf.separableConv2d(a as tf.Tensor4D, f as tf.Tensor4D, p as tf.Tensor4D, 1, 'same');
      const [dx, df] = tf.grads(op)([x, filter, pointwise], dy) as [tf.Tensor, tf.Tensor];
      expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
      expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
    });
  });

  it('matches its definition at every size, with its gradients', () => {
    // tfjs's cpu backend refuses strides together with dilations.
    const isOneKind = ({ strides, dilations }: Sizes) =>
      [strides, dilations].some((steps) => steps.every((step) => step === 1));
    const possible = backend === 'cpu' ? cases.filter(isOneKind) : cases;
    fc.assert(fc.property(possible, expectRight), {
      seed: 20_261_126,
      numRuns: { cpu: 40, wasm: 150, webgpu: 12 }[backend],
    });
  });

  it.each([false, true])('accepts channels first, depthwise: %s', (isDepthwise) => {
    const pad: Sizes['pad'] = [
      [1, 2],
      [0, 1],
    ];
    const sizes: Sizes = { ...plain, image: [7, 4], channels: 3, filters: 2, window: [3, 2], pad };
    tf.tidy(() => {
      const shapes = shapesOf(sizes, isDepthwise);
      const [x, dy] = [unitTensor(1, shapes.x), unitTensor(3, shapes.y)];
      const filter = unitTensor(2, shapes.filter);
      const want = directConvolution(
        sizes,
        isDepthwise,
        x.dataSync(),
        filter.dataSync(),
        dy.dataSync(),
      );
      const first = (t: tf.Tensor) => tf.transpose(t, [0, 3, 1, 2]);
      const last = (t: tf.Tensor) => tf.transpose(t, [0, 2, 3, 1]).dataSync();
      const op = (a: tf.Tensor, f: tf.Tensor) =>
        (isDepthwise ? tf.depthwiseConv2d : tf.conv2d)(
          a as tf.Tensor4D,
          f as tf.Tensor4D,
          1,
          [[0, 0], [0, 0], ...pad] as never,
          'NCHW',
        );
      const y = op(first(x), filter);
      const [dx, df] = tf.grads(op)([first(x), filter], first(dy)) as [tf.Tensor, tf.Tensor];
      expect(relativeError(last(y), want.y)).toBeLessThan(FLOAT32);
      expect(relativeError(last(dx), want.dx)).toBeLessThan(FLOAT32);
      expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
    });
  });

  it.each([false, true])(
    'the gradients handle a size that was rounded up, depthwise: %s',
    (isDepthwise) => {
      // 5 + 2 pixels, windows of 5 at stride 3: the second window exceeds the image.
      const pad: Sizes['pad'] = [
        [1, 2],
        [1, 2],
      ];
      const sizes: Sizes = {
        ...plain,
        image: [5, 5],
        channels: 2,
        filters: 2,
        window: [5, 5],
        strides: [3, 3],
        pad,
      };
      tf.tidy(() => {
        const shapes = shapesOf(sizes, isDepthwise);
        expect(shapes.y[1]).toBe(2);
        const [x, filter] = [unitTensor(1, shapes.x), unitTensor(2, shapes.filter)];
        const dy = unitTensor(3, shapes.y);
        const want = directConvolution(
          sizes,
          isDepthwise,
          x.dataSync(),
          filter.dataSync(),
          dy.dataSync(),
        );
        const op = (a: tf.Tensor, f: tf.Tensor) =>
          (isDepthwise ? tf.depthwiseConv2d : tf.conv2d)(
            a as tf.Tensor4D,
            f as tf.Tensor4D,
            3,
            1,
            'NHWC',
            1,
            'ceil',
          );
        expect(relativeError(op(x, filter).dataSync(), want.y)).toBeLessThan(FLOAT32);
        const [dx, df] = tf.grads(op)([x, filter], dy) as [tf.Tensor, tf.Tensor];
        expect(relativeError(dx.dataSync(), want.dx)).toBeLessThan(FLOAT32);
        expect(relativeError(df.dataSync(), want.df)).toBeLessThan(FLOAT32);
      });
    },
  );
}
