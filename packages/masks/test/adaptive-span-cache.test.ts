import { useBackend } from '@ds/backend';
import { leakedTensors, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AdaptiveSpan, AdaptiveSpanCache, adaptiveSpanAttention } from '../src/index.js';

const T = 14;

/** q, k and v of shape [2, 3, T, 4], and what depends on spans that end at several distances. */
function given() {
  const [q, k, v] = [1, 2, 3].map((seed) => unitTensor(seed, [2, 3, T, 4]));
  const span = tf.tensor1d([0, 2.4, 6]);
  const options = { maxSpan: 8, smoothness: 2, positions: unitTensor(4, [8, 4]) as tf.Tensor2D };
  return { q: q!, k: k!, v: v!, span, options };
}

const part = (x: tf.Tensor, from: number, count: number) =>
  tf.slice(x, [0, 0, from, 0], [2, 3, count, 4]);

describe.each(['cpu', 'wasm'] as const)('the cache on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    ['token by token', new Array<number>(T).fill(1)],
    ['after a prompt, and in parts of several sizes', [9, 1, 1, 2, 1]],
  ])('gives the numbers of the full pass: %s', (_, counts) => {
    tf.tidy(() => {
      const { q, k, v, span, options } = given();
      const want = adaptiveSpanAttention(q, k, v, span, options);
      const cache = new AdaptiveSpanCache(span, options);
      let from = 0;
      const parts = counts.map((count) => {
        const [a, b, c] = [q, k, v].map((x) => part(x, from, count));
        from += count;
        return cache.step(a!, b!, c!);
      });
      const apart = tf.max(tf.abs(tf.sub(tf.concat(parts, 2), want))).dataSync()[0];
      expect(apart).toBeLessThan(1e-6);
      cache.dispose();
    });
  });

  it('holds the last L positions only, and frees them', () => {
    const { q, k, v, span, options } = given();
    const leaked = leakedTensors(() => {
      const cache = new AdaptiveSpanCache(span, { ...options, maxSpan: 8 });
      expect([cache.positions, cache.bytes]).toEqual([0, 0]);
      const sizes = [1, 9, 1].map((count) => {
        tf.tidy(() => {
          cache.step(part(q, 0, count), part(k, 0, count), part(v, 0, count));
        });
        return cache.positions;
      });
      expect(sizes).toEqual([1, 8, 8]);
      // 2 · 3 rows of 8 keys and values, of 4 numbers each.
      expect(cache.bytes).toBe(2 * 3 * 8 * 2 * 4 * 4);
      cache.dispose();
      cache.dispose();
      return tf.zeros([1]);
    });
    expect(leaked).toBe(0);
    tf.dispose([q, k, v, span, options.positions]);
  });

  it('is made by the layer, and keeps its spans when they change', () => {
    tf.tidy(() => {
      const layer = new AdaptiveSpan({
        maxSpan: 8,
        smoothness: 2,
        initialSpan: 3,
        relativePositions: true,
      });
      const { q, k, v, options } = given();
      layer.build([q.shape, k.shape, v.shape]);
      layer.setWeights([tf.tensor1d([3, 1, 0]), options.positions]);
      const want = layer.apply([q, k, v]) as tf.Tensor;
      const cache = layer.cache();
      layer.setWeights([tf.tensor1d([8, 8, 8]), tf.zeros([8, 4])]);
      const first = cache.step(part(q, 0, 12), part(k, 0, 12), part(v, 0, 12));
      const second = cache.step(part(q, 12, 2), part(k, 12, 2), part(v, 12, 2));
      const apart = tf.max(tf.abs(tf.sub(tf.concat([first, second], 2), want))).dataSync()[0];
      expect(apart).toBeLessThan(1e-6);
      cache.dispose();
    });
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));

  it('is an error that names the call', () => {
    tf.tidy(() => {
      const { q, k, v, span, options } = given();
      const cache = new AdaptiveSpanCache(span, options);
      cache.step(q, k, v);
      const one = tf.slice(q, [0, 0, 0, 0], [1, 3, 1, 4]);
      expect(() => cache.step(one, one, one)).toThrow(
        'AdaptiveSpanCache.step: [batch, heads, d, e] must stay [2,3,4,4], got [1,3,4,4]',
      );
      expect(() => cache.step(q, k, tf.ones([3, 1, 4]))).toThrow(
        'AdaptiveSpanCache.step: q, k and v must have shapes',
      );
      cache.dispose();
      expect(() => cache.step(q, k, v)).toThrow('the cache must not be disposed');
      expect(() => new AdaptiveSpanCache(tf.tensor1d([Number.NaN]), options)).toThrow(
        'AdaptiveSpanCache: span must be finite, got [NaN]',
      );
      const layer = new AdaptiveSpan({ maxSpan: 8, smoothness: 2 });
      expect(() => layer.cache()).toThrow('AdaptiveSpan.cache: the layer must be built');
    });
  });
});
