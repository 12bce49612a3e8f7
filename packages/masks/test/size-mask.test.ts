import { useBackend } from '@ds/backend';
import { leakedTensors, readGolden, relativeError } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  gaussianMask,
  gaussianSigma,
  gaussianSize,
  keptIndices,
  keptRange,
  type MaskForm,
  sigmoidMask,
  sigmoidOffset,
  sigmoidSize,
  sizeMask,
} from '../src/index.js';

interface SizeMaskCase {
  case: string;
  params: { form: MaskForm; length: number; size: number; T: number; tau: number; R: number };
  upstream: { data: number[] };
  output: { data: number[] };
  grads: { size: number };
}
const golden = readGolden<SizeMaskCase>(new URL('fixtures/size_masks.json', import.meta.url)).cases;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(golden.map((c) => [c.case, c] as const))('%s', (_, { params, upstream, ...want }) => {
    const { form, length, size, T: threshold, tau: temperature, R: smoothness } = params;
    const maskOf = (s: tf.Tensor) =>
      sizeMask(length, s as tf.Scalar, { form, threshold, temperature, smoothness });
    tf.tidy(() => {
      const mask = maskOf(tf.scalar(size));
      const kept = keptIndices(mask);
      expect(relativeError(mask.dataSync(), want.output.data)).toBeLessThan(2e-6);
      expect(keptRange(length, size, form)).toEqual([kept[0], kept.at(-1)! + 1]);
      const slope = tf.grad((s) => tf.sum(tf.mul(maskOf(s), upstream.data)))(tf.scalar(size));
      expect(Math.abs(slope.dataSync()[0]! / want.grads.size - 1)).toBeLessThan(1e-5);
    });
  });

  it('has finite gradients at the smallest sizes', () => {
    tf.tidy(() => {
      for (const size of [1e-10, 1e-20, 1e-30, 1e-37]) {
        for (const form of ['gaussian', 'sigmoid', 'ramp'] as MaskForm[]) {
          const slope = tf.grad((s) => tf.sum(sizeMask(7, s as tf.Scalar, { form })));
          expect([form, Number.isFinite(slope(tf.scalar(size)).dataSync()[0])]).toEqual([
            form,
            true,
          ]);
        }
        const slopes = tf.grad((x) => tf.sum(gaussianMask(x, size)))(tf.tensor1d([-1, 0, 1]));
        expect([...slopes.dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
      }
    });
  });

  it('keeps the element whose extent is the size, on the device as on the host', () => {
    tf.tidy(() => {
      for (const [form, length, size, kept] of [
        ['gaussian', 7, 3, [2, 5]],
        ['gaussian', 7, 4, [1, 6]],
        ['gaussian', 6, 3, [1, 5]],
        ['gaussian', 7, 99, [0, 7]],
        ['sigmoid', 6, 2.5, [0, 3]],
        ['sigmoid', 6, 2.4999, [0, 2]],
        ['sigmoid', 6, 0.25, [0, 0]],
      ] as const) {
        expect(keptRange(length, size, form)).toEqual(kept);
        const indices = keptIndices(sizeMask(length, tf.scalar(size), { form }));
        expect(indices.length).toBe(kept[1] - kept[0]);
        if (indices.length > 0) expect(indices[0]).toBe(kept[0]);
      }
    });
  });

  it('masks at the ends of a size with the threshold, for a size per row', () => {
    tf.tidy(() => {
      const sizes = tf.tensor2d([[2], [5]]);
      const ends = tf.tensor2d([[1], [2.5]]);
      expect(relativeError(gaussianMask(ends, sizes, 0.2).dataSync(), [0.2, 0.2])).toBeLessThan(
        1e-6,
      );
      const options = { temperature: 0.5, threshold: 0.2 };
      const atEnds = sigmoidMask(sizes, sizes, options).dataSync();
      expect(relativeError(atEnds, [0.2, 0.2])).toBeLessThan(1e-6);
    });
  });

  it('leaks no tensor', () => {
    const size = tf.scalar(3);
    for (const form of ['gaussian', 'sigmoid', 'ramp'] as const) {
      expect(leakedTensors(() => sizeMask(5, size, { form }))).toBe(0);
    }
    size.dispose();
  });
});

describe('conversions', () => {
  it('give the σ at which a Gaussian reaches the threshold, and the size back', () => {
    const sigma = gaussianSigma(5, 0.2);
    expect(Math.exp(-(2.5 ** 2) / (2 * sigma ** 2))).toBeCloseTo(0.2, 12);
    expect(gaussianSize(sigma, 0.2)).toBeCloseTo(5, 12);
  });

  it('give the offset at which a sigmoid is ½, and the size back', () => {
    const options = { temperature: 2, threshold: 0.2 };
    const offset = sigmoidOffset(7, options);
    expect(1 / (1 + Math.exp((7 - offset) / 2))).toBeCloseTo(0.2, 12);
    expect(sigmoidSize(offset, options)).toBeCloseTo(7, 12);
  });
});
