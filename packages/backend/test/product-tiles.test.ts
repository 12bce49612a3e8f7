import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it, vi } from 'vitest';
import { measurePeak, productTiles } from '../src/diagnostics.js';
import { useBackend } from '../src/index.js';

it('resolves to the tiles of wasm, and to null on other backends', async () => {
  await useBackend('cpu');
  expect(await productTiles()).toBeNull();
  await useBackend('wasm');
  expect(['4x8', '6x16']).toContain(await productTiles());
  // The choice is made once.
  expect(await productTiles()).toBe(await productTiles());
});

it('measures on its own while other kernels run, and keeps their numbers', async () => {
  await useBackend('wasm');
  const [a, b] = [unitTensor(1, [40, 50]), unitTensor(2, [50, 70])] as [tf.Tensor2D, tf.Tensor2D];
  const product = async () => {
    const c = tf.matMul(a, b);
    const values = await c.data();
    c.dispose();
    return values;
  };
  const before = await product();
  const chosen = productTiles();
  for (let i = 0; i < 5; i++) {
    expect(await product()).toEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await chosen;
  expect(await product()).toEqual(before);
  tf.dispose([a, b]);
});

it('measures nothing if the clock stands still', async () => {
  await useBackend('wasm');
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
  expect(measurePeak()).toBeNull();
  clock.mockRestore();
});
