import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DiffStride } from '../src/index.js';
import { StridesConstraint } from '../src/stride-weight.js';

describe.each(['cpu', 'wasm'] as const)('StridesConstraint on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('keeps strides between the limits, and NaN as NaN', () => {
    tf.tidy(() => {
      const strides = tf.tensor1d([0.5, 1, 2.5, 9, Number.NaN]);
      const kept = (lower: number, upper: number) => [
        ...new StridesConstraint(lower, upper).apply(strides).dataSync(),
      ];
      expect(kept(1, 3)).toEqual([1, 1, 2.5, 3, Number.NaN]);
      expect(kept(1, Number.POSITIVE_INFINITY)).toEqual([1, 1, 2.5, 9, Number.NaN]);
      expect(kept(2, 2)).toEqual([2, 2, 2, 2, Number.NaN]);
    });
  });

  it('leaves NaN to the layer, which refuses it', () => {
    const layer = new DiffStride({ strides: 2, lowerLimit: 1.5 });
    tf.tidy(() => {
      const x = tf.ones([1, 16, 16, 1]);
      layer.apply(x);
      layer.setWeights([tf.tensor1d([Number.NaN, 2])]);
      expect(() => layer.apply(x)).toThrow('DiffStride: strides must be finite, got [NaN,');
    });
    layer.dispose();
  });
});
