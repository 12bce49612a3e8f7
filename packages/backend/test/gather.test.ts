import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';
import { describeGather } from './gather-cases.js';

describe.each(['cpu', 'wasm'] as const)('gather on %s', describeGather);

it('refuses indices outside x, also with batch dimensions', async () => {
  await useBackend('wasm');
  tf.tidy(() => {
    expect(() => tf.gather(tf.ones([2, 3]), tf.tensor1d([1, -1], 'int32'))).toThrow(
      'gather: indices must be in [0, 1], got -1',
    );
    const where = tf.tensor2d([0, 3, 0, 0], [2, 2], 'int32') as unknown as tf.Tensor1D;
    expect(() => tf.gather(tf.ones([2, 3]), where, 1, 1)).toThrow(
      'gather: indices must be in [0, 2], got 3',
    );
  });
});
