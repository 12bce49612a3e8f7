import { useBackend } from '@ds/backend';
import { AdaptiveSpanCache, adaptiveSpanMask } from '@ds/masks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { spanSaving } from '../../src/spans/span-saving.js';

beforeAll(() => useBackend('cpu'));

const options = {
  window: 12,
  headSize: 4,
  maxSpan: 9,
  smoothness: 2,
  positions: 'absolute' as const,
};

it('counts the positions that a mask leaves, up to the largest span', () => {
  const spans = [0, 1.5, 3, 9];
  const { heads, fullHead } = spanSaving([spans], options);
  // The mask at the distances 0 … 9, of which attention uses 1 … 9.
  const masks = tf.tidy(() => adaptiveSpanMask(tf.tensor1d(spans), 10, 2).arraySync());
  const left = (masks as number[][]).map((row) => row.slice(1).filter((m) => m > 0).length);
  expect(heads[0]!.map(({ positions }) => positions)).toEqual(left);
  expect(left).toEqual([1, 3, 4, 9]);
  expect(heads[0]![2]).toEqual({ positions: 4, multiplyAdds: 4 * 2 * 4, bytes: 4 * 2 * 4 * 4 });
  expect(fullHead).toEqual({ positions: 11, multiplyAdds: 88, bytes: 352 });
  const relative = spanSaving([spans], { ...options, positions: 'relative' });
  expect(relative.heads[0]![2]!.multiplyAdds).toBe(4 * 3 * 4);
});

it('has the size of the cache that generation fills', () => {
  const layers = [[0.5, 3.2], [0, 0], [9]];
  const { cached, heads } = spanSaving(layers, options);
  layers.forEach((spans, at) => {
    const cache = new AdaptiveSpanCache(tf.tensor1d(spans), { maxSpan: 9, smoothness: 2 });
    const tokens = tf.ones([spans.length, 11, 4]);
    cache.step(tokens, tokens, tokens).dispose();
    expect(cached[at]).toBe(cache.positions);
    expect(Math.max(...heads[at]!.map(({ positions }) => positions))).toBeLessThanOrEqual(
      cached[at]!,
    );
    cache.dispose();
  });
});
