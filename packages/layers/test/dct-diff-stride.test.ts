import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  gradientErrors,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS, HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DctDiffStrideOptions, dctDiffStride, dctPool, type Norm } from '../src/ops.js';

const FLOAT32 = 2e-5;

interface DctCase {
  case: string;
  params: {
    strides: number[];
    smoothness: number | null;
    norm: Norm;
    cropping: boolean;
    outputShape: [number, number];
  };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor; strides: GoldenTensor };
}
const goldens = readGolden<DctCase>(
  new URL('fixtures/dct_diffstride.json', import.meta.url),
).cases.filter(({ params }) => params.smoothness !== null);

// One case for a GPU: the kernels of matrices and masks have WebGPU tests of their own.
const casesOn = (backend: string) =>
  goldens.filter((golden) => backend !== 'webgpu' || golden.case === 'learned_8x8_s2.3x1.7_R2');

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(casesOn(backend).map((golden) => [golden.case, golden] as const))(
    '%s: output and gradients are the golden numbers',
    (_, { params, input, upstream, output, grads }) => {
      const { norm, cropping } = params;
      const options = { smoothness: params.smoothness!, norm, cropping };
      tf.tidy(() => {
        const x = imageTensor(input);
        const strides = tf.tensor1d(params.strides);
        const op = (image: tf.Tensor, s: tf.Tensor) =>
          dctDiffStride(image as tf.Tensor4D, s as tf.Tensor1D, options);
        const y = op(x, strides);
        expect(y.shape.slice(1, 3)).toEqual(params.outputShape);
        expect(relativeError(imageValues(y), output.data)).toBeLessThan(FLOAT32);
        const [dx, ds] = tf.grads(op)([x, strides], imageTensor(upstream));
        expect(relativeError(imageValues(dx!), grads.input.data)).toBeLessThan(FLOAT32);
        expect(relativeError(ds!.dataSync(), grads.strides.data)).toBeLessThan(FLOAT32);
      });
    },
  );
});

describe.each(HOST_BACKENDS)('dctDiffStride on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('has the gradients of finite differences in the image and the strides', () => {
    tf.tidy(() => {
      const op = (x: tf.Tensor, s: tf.Tensor) =>
        dctDiffStride(x as tf.Tensor4D, s as tf.Tensor1D, { smoothness: 1.7 });
      // Eight channels run the kernel of matrices. The golden images have fewer, and run products.
      const x = unitTensor(4, [1, 5, 4, 8]);
      const [dx, ds] = gradientErrors(op as never, [x, tf.tensor1d([2.31, 1.87])], [0.5, 5e-3]);
      expect(dx).toBeLessThan(1e-5);
      expect(ds).toBeLessThan(1e-2); // curvature of 1/S over the step, float32 differences
    });
  });

  it('is the identity at stride 1, where its gradient is not 0', () => {
    tf.tidy(() => {
      const x = unitTensor(7, [2, 9, 6, 8]) as tf.Tensor4D;
      const strides = tf.tensor1d([1, 1]);
      const y = dctDiffStride(x, strides);
      expect(y.shape).toEqual(x.shape);
      expect(relativeError(y.dataSync(), x.dataSync())).toBeLessThan(2e-6);
      const slope = tf.grad((s) => tf.sum(tf.square(dctDiffStride(x, s as tf.Tensor1D))))(strides);
      // A larger stride removes energy.
      for (const value of slope.dataSync()) expect(value).toBeLessThan(-1e-2);
    });
  });

  it('without smoothness is the hard crop of dctPool, with gradient 0 in the strides', () => {
    tf.tidy(() => {
      const x = unitTensor(1, [1, 33, 8, 2]) as tf.Tensor4D;
      for (const pair of [
        [2, 2],
        [1.1, 1.7],
        [40, 2.6],
      ] as [number, number][]) {
        const strides = tf.tensor1d(pair);
        const op = (s: tf.Tensor) => dctDiffStride(x, s as tf.Tensor1D, { smoothness: 0 });
        const [y, want] = [op(strides), dctPool(x, pair)];
        expect(y.shape).toEqual(want.shape);
        expect(relativeError(y.dataSync(), want.dataSync())).toBeLessThan(2e-6);
        expect([...tf.grad(op)(strides).dataSync()].map(Math.abs)).toEqual([0, 0]);
      }
    });
  });
});

describe('dctDiffStride', () => {
  beforeAll(() => useBackend('wasm'));
  const x = unitTensor(3, [1, 12, 10, 2]) as tf.Tensor4D;

  it.each([
    [2.3, [2.3, 2.3]],
    [
      [1.5, 2.2],
      [1.5, 2.2],
    ],
  ] as [number | [number, number], number[]][])('takes strides %j as numbers', (given, both) => {
    tf.tidy(() => {
      const want = dctDiffStride(x, tf.tensor1d(both));
      const got = dctDiffStride(x, given);
      expect(got.shape).toEqual(want.shape);
      expect([...got.dataSync()]).toEqual([...want.dataSync()]);
    });
  });

  it('keeps ceil(R + N/S) − 1 pixels of each axis', () => {
    const sizeAt = (strides: [number, number], options: DctDiffStrideOptions) =>
      tf.tidy(() => dctDiffStride(tf.zeros([1, 32, 31, 1]), strides, options).shape.slice(1, 3));
    expect(sizeAt([2, 2], {})).toEqual([19, 19]);
    expect(sizeAt([2, 3.1], { smoothness: 1.5 })).toEqual([17, 11]);
    expect(sizeAt([1.1, 99], {})).toEqual([32, 4]);
    expect(sizeAt([2, 2], { upperLimit: 1.5 })).toEqual([25, 24]);
    expect(sizeAt([2, 2], { lowerLimit: 4, cropping: false })).toEqual([32, 31]);
  });

  it('takes its size from the caller if the strides cannot be read', () => {
    tf.tidy(() => {
      const strides = tf.tensor1d([2.4, 1.9]);
      const want = dctDiffStride(x, strides, { smoothness: 2 });
      const outputSize = want.shape.slice(1, 3) as [number, number];
      const got = dctDiffStride(x, strides, { smoothness: 2, outputSize });
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
      const filter = { smoothness: 2, cropping: false };
      const whole = x.shape.slice(1, 3) as [number, number];
      const kept = dctDiffStride(x, strides, { ...filter, outputSize: whole });
      expect(
        relativeError(kept.dataSync(), dctDiffStride(x, strides, filter).dataSync()),
      ).toBeLessThan(1e-6);
      expect(() => dctDiffStride(x, strides, { ...filter, outputSize })).toThrow(
        `dctDiffStride: outputSize must be [${whole.join(', ')}] with cropping: false, ` +
          `got [${outputSize.join(', ')}]`,
      );
    });
  });

  it('adds the gradients of both axes for a shared stride, and has none outside the limits', () => {
    tf.tidy(() => {
      const slope = (strides: number[], options: DctDiffStrideOptions = {}) => [
        ...tf
          .grad((s) => tf.sum(tf.square(dctDiffStride(x, s as tf.Tensor1D, options))))(
            tf.tensor1d(strides),
          )
          .dataSync(),
      ];
      const both = slope([2.3, 2.3]);
      expect(slope([2.3])[0]).toBeCloseTo(both[0]! + both[1]!, 4);
      expect(slope([2.3, 2.3], { lowerLimit: 2.4, upperLimit: 3 }).map(Math.abs)).toEqual([0, 0]);
    });
  });

  it('treats channelsFirst as the same image, and leaks nothing', () => {
    const strides = tf.tensor1d([1.7, 2.2]);
    tf.tidy(() => {
      const first = dctDiffStride(tf.transpose(x, [0, 3, 1, 2]), strides, {
        dataFormat: 'channelsFirst',
      });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      const want = dctDiffStride(x, strides);
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
    });
    for (const options of [{}, { cropping: false }, { smoothness: 0 }]) {
      expect(leakedTensors(() => dctDiffStride(x, strides, options))).toBe(0);
    }
    strides.dispose();
  });

  const s = (...values: number[]) => tf.tensor1d(values);
  it.each([
    [() => dctDiffStride(x, s(0.5, 2)), 'dctDiffStride: strides must be >= 1, got [0.5, 2]'],
    [() => dctDiffStride(x, [0.5, 2]), 'dctDiffStride: strides must be >= 1, got [0.5, 2]'],
    [() => dctDiffStride(x, s(Number.NaN, 2)), 'dctDiffStride: strides must be finite'],
    [() => dctDiffStride(x, s(2, 2, 2)), 'dctDiffStride: strides must have shape [2]'],
    [
      () => dctDiffStride(x, 2, { smoothness: -1 }),
      'dctDiffStride: smoothness must be a finite number >= 0, got -1',
    ],
    [
      () => dctDiffStride(x, 2, { lowerLimit: 3, upperLimit: 2 }),
      'dctDiffStride: upperLimit must be >= lowerLimit (3), got 2',
    ],
    [
      () => dctDiffStride(x, 2, { outputSize: [13, 4] }),
      'dctDiffStride: outputSize must be at most the size of x, [12, 10], got [13, 4]',
    ],
    [
      () => dctDiffStride(x, 2, { alignment: 'symmetric' } as object),
      "dctDiffStride: options must have no 'alignment'",
    ],
  ])('refuses bad input %#', (call, message) => {
    expect(call).toThrow(message);
  });
});
