import { useBackend } from '@ds/backend';
import { type GoldenTensor, imageTensor, readGolden, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { tipsMixingLoss, tipsUndoLoss } from '../src/ops.js';

interface Case {
  case: string;
  params: { kernel: GoldenTensor; shift: [number, number] };
  input: GoldenTensor;
  weights: GoldenTensor;
  losses: { mixing: number; undo: number };
}

const { cases } = readGolden<Case>(new URL('./fixtures/tips_pool.json', import.meta.url));

beforeAll(() => useBackend('cpu'));

describe('tipsMixingLoss', () => {
  it.each(cases)('agrees with float64 numbers: $case', ({ weights, losses }) => {
    tf.tidy(() => {
      const loss = tipsMixingLoss(
        tf.tensor3d(weights.data, weights.shape as [number, number, number]),
      );
      expect(loss.dataSync()[0]).toBeCloseTo(losses.mixing, 6);
    });
  });

  it('is 0 for one weight, and 1 − 1/√K for equal weights', () => {
    const of = (weights: number[]) =>
      tf.tidy(() => tipsMixingLoss(tf.tensor3d(weights, [1, 1, 4])).dataSync()[0]);
    expect(of([0, 1, 0, 0])).toBe(0);
    expect(of([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0.5, 6);
  });

  it('names what is wrong', () => {
    expect(() => tipsMixingLoss(tf.ones([2, 4]) as never)).toThrow(
      'tipsMixingLoss: weights must have rank 3 ([batch, channels, components]), got shape [2,4]',
    );
  });
});

describe('tipsUndoLoss', () => {
  it.each(cases)('agrees with float64 numbers: $case', ({ params, input, losses }) => {
    tf.tidy(() => {
      const { kernel, shift } = params;
      const weights = tf.tensor4d(kernel.data, [3, 3, kernel.shape[2]!, 1]);
      const loss = tipsUndoLoss(imageTensor(input), weights, shift);
      expect(relativeError(loss.dataSync(), [losses.undo])).toBeLessThan(1e-5);
    });
  });

  it('has a gradient through the features only', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [1, 4, 4, 1]) as tf.Tensor4D;
      // A kernel of zeros has no active feature, so only the target depends on the image.
      const dx = tf.grad((image) =>
        tipsUndoLoss(image as tf.Tensor4D, tf.zeros([3, 3, 1, 1]), [1, 0]),
      )(x);
      expect(Math.max(...tf.abs(dx).dataSync())).toBe(0);
    });
  });

  it('names what is wrong', () => {
    const x = tf.ones([1, 4, 4, 2]) as tf.Tensor4D;
    const kernel = tf.ones([3, 3, 2, 1]) as tf.Tensor4D;
    expect(() => tipsUndoLoss(x, kernel, [0.5, 0])).toThrow('tipsUndoLoss: shift');
    expect(() => tipsUndoLoss(x, tf.ones([3, 3, 1, 1]), [0, 0])).toThrow(
      'tipsUndoLoss: kernel must have shape [3,3,2,1], got [3,3,1,1]',
    );
  });
});
