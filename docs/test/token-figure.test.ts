import { DiffStride } from '@ds/layers';
import * as Plot from '@observablehq/plot';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import tokens from '../.vitepress/theme/figures/tokens.js';

beforeAll(() => tf.setBackend('cpu'));

it.each([
  [24, 2, 2],
  [9, 3.5, 1],
])('the figure of token pooling has the tokens of the layer: %i, S = %f, R = %i', (L, S, R) => {
  const layer = new DiffStride({ strides: [1, S], smoothness: R, norm: 'forward' });
  const [, , count] = tf.tidy(() => (layer.apply(tf.ones([1, 1, L, 1])) as tf.Tensor).shape);
  const { says, plots } = tokens.draw({ L, S, R }, Plot);
  expect(says).toContain(`${L} tokens become ${count}. Attention then has ${count! ** 2} pairs`);
  const { data } = plots[0]!.marks![0] as unknown as { data: { after: number; value: number }[] };
  expect(data).toHaveLength(L * count!);
  // Each token is a weighted mean.
  for (let after = 0; after < count!; after++) {
    const total = data.filter((cell) => cell.after === after).reduce((sum, c) => sum + c.value, 0);
    expect(total).toBeCloseTo(1, 4);
  }
});
