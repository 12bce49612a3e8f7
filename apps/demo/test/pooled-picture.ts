import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import * as tf from '@tensorflow/tfjs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { colorsOf, type Pixels, pixelsOf } from './page.js';

export const PICTURE = 'The picture';
export const POOLED = /^Pooled by DiffStride/;

/** A picture as `[1, height, width, 3]`, from 0 to 1. */
export function imageOf(picture: Pixels): tf.Tensor4D {
  const values = Float32Array.from(colorsOf(picture), (byte) => byte / 255);
  return tf.tensor4d(values, [1, picture.height, picture.width, 3]);
}

/** What the library makes of a picture in the page: bytes. */
async function pooledInNode(picture: Pixels, strides: [number, number], smoothness: number) {
  await useBackend('wasm');
  const y = tf.tidy(() =>
    diffStride(imageOf(picture), tf.tensor1d(strides), { smoothness, norm: 'forward' }),
  );
  const bytes = Uint8ClampedArray.from(y.dataSync(), (value) => 255 * value);
  return { height: y.shape[1], width: y.shape[2], bytes };
}

/** Waits until the pooled picture is of a size. */
export async function pooledSize(page: Page, height: number, width: number): Promise<void> {
  await page.getByText(`DiffStride, ${height}×${width}`).waitFor({ timeout: 30_000 });
}

/** What is shown must be what the library makes of the page's picture, which is returned. */
export async function expectPooledAsInNode(
  page: Page,
  strides: [number, number],
  smoothness: number,
): Promise<Pixels> {
  const picture = await pixelsOf(page, PICTURE);
  const shown = await pixelsOf(page, POOLED);
  const expected = await pooledInNode(picture, strides, smoothness);
  expect([shown.height, shown.width]).toEqual([expected.height, expected.width]);
  const worst = colorsOf(shown).reduce(
    (max, byte, i) => Math.max(max, Math.abs(byte - expected.bytes[i]!)),
    0,
  );
  // A value half-way between two bytes may go either way.
  expect(worst).toBeLessThanOrEqual(1);
  return picture;
}
