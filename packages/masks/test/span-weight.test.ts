import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { SpanConstraint } from '../src/span-weight.js';

describe.each(['cpu', 'wasm'] as const)('SpanConstraint on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('keeps spans between 0 and maxSpan, and NaN as NaN', () => {
    tf.tidy(() => {
      const spans = tf.tensor1d([-1, 0, 3.5, 8, 9, Number.NaN]);
      expect([...new SpanConstraint(8).apply(spans).dataSync()]).toEqual([
        0,
        0,
        3.5,
        8,
        8,
        Number.NaN,
      ]);
    });
  });
});
