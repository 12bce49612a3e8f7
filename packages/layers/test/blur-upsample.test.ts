import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  imageTensor,
  imageValues,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BlurPadding, blurPool, blurUpsample } from '../src/ops.js';

const FLOAT32 = 1e-6;

interface Case {
  case: string;
  params: {
    filterSize: number;
    stride: number;
    padType: BlurPadding;
    outputSize: [number, number];
  };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor };
}
const goldens = readGolden<Case>(new URL('fixtures/blur_upsample.json', import.meta.url)).cases;

const inner = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0]!;

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradient match the golden numbers',
    (_, { params, input, upstream, output, grads }) => {
      const { filterSize, stride, padType, outputSize } = params;
      tf.tidy(() => {
        const op = (image: tf.Tensor) =>
          blurUpsample(image as tf.Tensor4D, {
            filterSize,
            strides: stride,
            padding: padType,
            outputSize,
          });
        const { value, grad } = tf.valueAndGrad(op)(imageTensor(input), imageTensor(upstream));
        const near = (got: tf.Tensor, { data }: GoldenTensor) =>
          expect(relativeError(imageValues(got), data)).toBeLessThan(FLOAT32);
        near(value, output);
        near(grad, grads.input);
      });
    },
  );

  it('is the adjoint of blurPool, times the gains', () => {
    tf.tidy(() => {
      for (const [filterSize, strides, padding, size] of [
        [3, [2, 2], 'zero', [7, 8]],
        [4, [3, 2], 'zero', [7, 8]],
        [5, [2, 1], 'circular', [8, 3]],
        [2, [2, 3], 'circular', [7, 9]],
      ] as const) {
        const u = unitTensor(1, [2, ...size, 3]) as tf.Tensor4D;
        const pair: [number, number] = [...strides];
        const down = blurPool(u, pair, { filterSize, padding });
        const x = unitTensor(2, down.shape) as tf.Tensor4D;
        const up = blurUpsample(x, { filterSize, padding, strides: pair, outputSize: [...size] });
        expect(inner(u, up) / (pair[0] * pair[1])).toBeCloseTo(inner(down, x), 4);
      }
    });
  });
});

describe('the function', () => {
  beforeAll(() => useBackend('cpu'));

  it('keeps constant images at stride 2', () => {
    tf.tidy(() => {
      for (const options of [
        {},
        { filterSize: 5 },
        { filterSize: 4, padding: 'circular' as const },
      ]) {
        const y = blurUpsample(tf.ones([1, 4, 5, 1]), options);
        expect(y.shape).toEqual([1, 8, 10, 1]);
        for (const value of y.dataSync()) expect(value).toBeCloseTo(1, 6);
      }
    });
  });

  it('refuses a size that the strides do not reduce to that of x, and a large reflection', () => {
    const x = tf.zeros([1, 4, 5, 1]) as tf.Tensor4D;
    expect(() => blurUpsample(x, { outputSize: [9, 10] })).toThrow(
      'blurUpsample: outputSize must be a size that strides [2,2] reduce to [4,5], got [9,10]',
    );
    expect(() => blurUpsample(tf.zeros([1, 1, 1, 1]), { strides: 1 })).toThrow(/reflection/);
    x.dispose();
  });
});
