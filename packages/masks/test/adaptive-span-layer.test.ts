import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdaptiveSpan } from '../src/index.js';

/** Attention with a penalty on its spans. A negative weight increases the spans. */
function attention(pull: number) {
  const [q, k, v] = ['q', 'k', 'v'].map((name) => tf.input({ name, shape: [2, 5, 3] }));
  const layer = new AdaptiveSpan({ maxSpan: 4, smoothness: 2, initialSpan: 1 });
  const outputs = layer.apply([q!, k!, v!]) as tf.SymbolicTensor;
  const model = tf.model({ inputs: [q!, k!, v!], outputs });
  const loss = (_: tf.Tensor, y: tf.Tensor) =>
    tf.add(tf.mul(tf.mean(y), 0), tf.mul(tf.sum(layer.weights[0]!.read()), pull));
  model.compile({ optimizer: tf.train.sgd(30), loss: loss as never });
  return { model, layer };
}

describe.each(BACKENDS)('the spans of AdaptiveSpan on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['maxSpan', -1, [4, 4]],
    ['0', 1, [0, 0]],
  ] as const)('end at %s under model.fit', async (_, pull, want) => {
    const { model, layer } = attention(pull);
    const x = [1, 2, 3].map(() => tf.ones([1, 2, 5, 3]));
    const y = tf.ones([1, 2, 5, 3]);
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect([...(await layer.weights[0]!.read().data())]).toEqual(want);
    expect([...(await layer.getWeights()[0]!.data())]).toEqual(want);
    tf.dispose([...x, y]);
    model.dispose();
  });

  it('stay within their limits when they are set, and leak nothing', async () => {
    const { model, layer } = attention(0);
    const beyond = tf.tensor1d([-1, 9]);
    const before = tf.memory().numTensors;
    layer.setWeights([beyond]);
    expect([...(await layer.weights[0]!.read().data())]).toEqual([0, 4]);
    expect(tf.memory().numTensors).toBe(before);
    beyond.dispose();
    model.dispose();
  });

  it('are returned as a copy', async () => {
    const { model, layer } = attention(0);
    await layer.weights[0]!.read().data();
    layer.spans.fill(9);
    expect(layer.spans).toEqual([1, 1]);
    model.dispose();
  });
});

describe('AdaptiveSpan', () => {
  const inputs = (...shapes: (number | null)[][]) => shapes.map((shape) => tf.input({ shape }));
  const made = () => new AdaptiveSpan({ maxSpan: 4, smoothness: 2, relativePositions: true });

  it('refuses symbolic q, k and v that do not fit', () => {
    for (const shapes of [
      [
        [2, 5, 3],
        [2, 5, 4],
        [2, 5, 3],
      ],
      [
        [2, 5, 3],
        [3, 5, 3],
        [2, 5, 3],
      ],
      [
        [2, 5, 3],
        [2, 5, 3],
        [2, 6, 3],
      ],
      [
        [2, null, 3],
        [2, 5, 3],
        [2, 6, 3],
      ],
    ]) {
      expect(() => made().apply(inputs(...shapes))).toThrow(
        'AdaptiveSpan: q, k and v must agree in batch, heads and T, and q and k in d, got [[null,2,',
      );
    }
    expect(made().apply(inputs([2, null, 3], [null, 5, 3], [2, 5, 7]))).toBeDefined();
  });

  it('refuses symbolic queries that its weights do not suit', () => {
    const layer = made();
    layer.apply(inputs([2, 5, 3], [2, 5, 3], [2, 5, 3]));
    for (const shape of [
      [3, 5, 3],
      [2, 5, 4],
    ]) {
      expect(() => layer.apply(inputs(shape, shape, shape))).toThrow(
        'AdaptiveSpan: q must have the shape [null,2,null,3] of the weights, got [null,',
      );
    }
  });
});
