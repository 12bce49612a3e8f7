import { useBackend } from '@ds/backend';
import { gradientErrors, readGolden, relativeError } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { horizontalMask, keptIndices, rowDistances, verticalMask } from '../src/index.js';

const FLOAT32 = 1e-6;

interface PaperMask {
  case: string;
  params: { axis: 'h' | 'w'; size: number; stride: number; R: number };
  upstream: { data: number[] };
  output: { data: number[] };
  grads: { stride: number };
}
const paper = readGolden<PaperMask>(new URL('fixtures/paper_masks.json', import.meta.url)).cases;

interface DiffStrideCase {
  case: string;
  params: {
    smoothness: number;
    cropping: boolean;
    effectiveStrides: [number, number];
    verticalMask: number[];
    horizontalMask: number[];
    keptRows: number[];
    keptCols: number[];
  };
  input: { shape: [number, number, number, number] };
}
const published = readGolden<DiffStrideCase>(
  new URL('fixtures/diffstride.json', import.meta.url),
).cases;

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(published.map((c) => [c.case, c] as const))(
    '%s: matches the published masks',
    (_, golden) => {
      const { smoothness, effectiveStrides, ...want } = golden.params;
      const [, , height, width] = golden.input.shape;
      tf.tidy(() => {
        const rows = verticalMask(height, tf.scalar(effectiveStrides[0]), smoothness);
        const columns = horizontalMask(width, tf.scalar(effectiveStrides[1]), smoothness);
        expect(relativeError(rows.dataSync(), want.verticalMask)).toBeLessThan(FLOAT32);
        expect(relativeError(columns.dataSync(), want.horizontalMask)).toBeLessThan(FLOAT32);
        if (want.cropping) {
          expect(keptIndices(rows)).toEqual(want.keptRows);
          expect(keptIndices(columns)).toEqual(want.keptCols);
        }
      });
    },
  );

  // For odd heights the zero of the paper's formula is between two rows. Ours is row 0.
  it.each(
    paper
      .filter((c) => c.params.axis === 'w' || c.params.size % 2 === 0)
      .map((c) => [c.case, c] as const),
  )("%s: matches the paper's mask and its slope", (_, golden) => {
    const { axis, size, stride, R } = golden.params;
    tf.tidy(() => {
      // The paper counts rows from −H/2; FFT order starts at frequency 0.
      const order = golden.output.data.map((__, m) => (axis === 'w' ? m : (m + size / 2) % size));
      const mask = (s: tf.Scalar) =>
        axis === 'h'
          ? verticalMask(size, s, R, { alignment: 'symmetric' })
          : horizontalMask(size, s, R);
      const got = mask(tf.scalar(stride)).dataSync();
      expect(
        relativeError(
          order.map((at) => got[at]!),
          golden.output.data,
        ),
      ).toBeLessThan(FLOAT32);
      const upstream = new Float32Array(order.length);
      order.forEach((at, m) => {
        upstream[at] = golden.upstream.data[m]!;
      });
      const slope = tf.grad((s) => tf.sum(tf.mul(mask(s as tf.Scalar), tf.tensor1d(upstream))))(
        tf.scalar(stride),
      );
      expect(slope.dataSync()[0]).toBeCloseTo(golden.grads.stride, 4);
    });
  });

  it('has the gradient of finite differences in the stride', () => {
    tf.tidy(() => {
      for (const alignment of ['published', 'symmetric'] as const) {
        const op = (s: tf.Tensor) => verticalMask(13, s as tf.Scalar, 3, { alignment });
        expect(gradientErrors(op, [tf.scalar(2.3)], [0.01])[0]).toBeLessThan(1e-2);
      }
      const op = (s: tf.Tensor) => horizontalMask(13, s as tf.Scalar, 3);
      expect(gradientErrors(op, [tf.scalar(2.3)], [0.01])[0]).toBeLessThan(1e-2);
    });
  });

  it('takes a stride of any shape with one value', () => {
    tf.tidy(() => {
      for (const stride of [tf.tensor1d([2]), tf.tensor2d([[2]])] as tf.Tensor[]) {
        const masks = [verticalMask, horizontalMask].map(
          (maskOf) => (s: tf.Tensor) => maskOf(9, s as tf.Scalar, 4),
        );
        for (const maskOf of masks) {
          const [got, want] = [maskOf(stride), maskOf(tf.scalar(2))];
          expect(got.shape).toEqual(want.shape);
          expect([...got.dataSync()]).toEqual([...want.dataSync()]);
          expect(tf.grad(maskOf)(stride).shape).toEqual(stride.shape);
        }
      }
    });
  });

  it('has no gradient once the size has reached 2', () => {
    tf.tidy(() => {
      const slope = tf.grad((s) => tf.sum(verticalMask(8, s as tf.Scalar, 2)))(tf.scalar(5));
      expect(Math.abs(slope.dataSync()[0]!)).toBe(0);
    });
  });
});

describe('rowDistances', () => {
  it.each([
    [6, 'symmetric', [0, 1, 2, 3, 2, 1]],
    [5, 'symmetric', [0, 1, 2, 2, 1]],
    [6, 'published', [0, 1, 2, 2, 1, 0]],
    [5, 'published', [1, 2, 2, 1, 0]],
    [1, 'published', [0]],
  ] as const)('%i rows, %s', (height, alignment, want) => {
    expect(rowDistances(height, alignment)).toEqual(want);
  });
});

describe('bad input', () => {
  it.each([
    [() => verticalMask(0, tf.scalar(2), 4), 'verticalMask: height must be an integer >= 1, got 0'],
    [() => horizontalMask(2.5, tf.scalar(2), 4), 'horizontalMask: width must be an integer >= 1'],
    [
      () => verticalMask(4, tf.ones([2]) as unknown as tf.Scalar, 4),
      'verticalMask: stride must be a scalar, got shape [2]',
    ],
    [() => horizontalMask(4, tf.scalar(2), -0.5), 'horizontalMask: smoothness must be a finite'],
    [
      () => verticalMask(4, tf.scalar(2), 4, { alignment: 'paper' as 'symmetric' }),
      "alignment must be 'published' or 'symmetric', got \"paper\"",
    ],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
