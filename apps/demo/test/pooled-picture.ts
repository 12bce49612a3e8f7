import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import * as tf from '@tensorflow/tfjs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { pixelsOf, type WatchedPage } from './page.js';

export const PICTURE = 'The picture';
export const POOLED = /^Pooled by DiffStride/;

/** What the library makes of the picture in the page: bytes. */
async function pooledInNode(
  { width, height, data }: { width: number; height: number; data: number[] },
  strides: [number, number],
  smoothness: number,
) {
  await useBackend('wasm');
  const y = tf.tidy(() => {
    const rgb = data.filter((_, i) => i % 4 !== 3).map((byte) => byte / 255);
    const x = tf.tensor4d(rgb, [1, height, width, 3]);
    return diffStride(x, tf.tensor1d(strides), { smoothness, norm: 'forward' });
  });
  const bytes = Uint8ClampedArray.from(y.dataSync(), (value) => 255 * value);
  return { height: y.shape[1], width: y.shape[2], bytes };
}

/** Waits until the pooled picture is of a size. */
export async function pooledSize(
  { page }: WatchedPage,
  height: number,
  width: number,
): Promise<void> {
  await page.getByText(`DiffStride, ${height}×${width}`).waitFor({ timeout: 30_000 });
}

/** The picture that is shown must be what the library makes of the page's. */
export async function expectPooledAsInNode(
  page: Page,
  strides: [number, number],
  smoothness: number,
): Promise<void> {
  const shown = await pixelsOf(page, POOLED);
  const expected = await pooledInNode(await pixelsOf(page, PICTURE), strides, smoothness);
  expect([shown.height, shown.width]).toEqual([expected.height, expected.width]);
  const rgb = shown.data.filter((_, i) => i % 4 !== 3);
  const worst = rgb.reduce((max, byte, i) => Math.max(max, Math.abs(byte - expected.bytes[i]!)), 0);
  // A value half-way between two bytes may go either way.
  expect(worst).toBeLessThanOrEqual(1);
}
