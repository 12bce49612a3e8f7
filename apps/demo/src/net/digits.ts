import type { ImageSet } from '@ds/data/batches';
import { DIGIT_SIDE } from './digit-net.js';

/** The side of MNIST's digits, and the number of digits in a row of the file. */
const SIDE = 28;
const COLUMNS = 50;
/** Mean and standard deviation of MNIST, of pixels in 0 … 1. */
export const MEAN = [0.1307];
export const STD = [0.3081];

/**
 * Cuts MNIST digits out of a picture of tiles and pads them to 32×32. The label of tile i is i mod
 * 10.
 */
export function digitsFromTiles(gray: Uint8Array, width: number, height: number): ImageSet {
  const count = (COLUMNS * height) / SIDE;
  const border = (DIGIT_SIDE - SIDE) / 2;
  const images = new Uint8Array(count * DIGIT_SIDE * DIGIT_SIDE);
  for (let digit = 0; digit < count; digit++) {
    const left = (digit % COLUMNS) * SIDE;
    const top = Math.floor(digit / COLUMNS) * SIDE;
    for (let row = 0; row < SIDE; row++) {
      const from = (top + row) * width + left;
      const to = (digit * DIGIT_SIDE + row + border) * DIGIT_SIDE + border;
      images.set(gray.subarray(from, from + SIDE), to);
    }
  }
  const labels = Uint8Array.from({ length: count }, (_, digit) => digit % 10);
  return { images, labels, count, shape: [DIGIT_SIDE, DIGIT_SIDE, 1] };
}

/** Fetches and decodes the digits that come with the page. */
export async function loadDigits(part: 'train' | 'test'): Promise<ImageSet> {
  const response = await fetch(new URL(`digits/${part}.png`, pageAddress()));
  if (!response.ok) throw new Error(`the digits could not be loaded (${response.status})`);
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const gray = Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]!);
  return digitsFromTiles(gray, bitmap.width, bitmap.height);
}

/** The folder of the page. Built workers are one folder deeper, in `assets`. */
export function pageAddress(): URL {
  const { href } = self.location;
  return new URL(href.includes('/assets/') ? '../' : import.meta.env.BASE_URL, href);
}

/** A digit's bytes, standardised as in training. */
export function standardised(bytes: ArrayLike<number>): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte / 255 - MEAN[0]!) / STD[0]!);
}
