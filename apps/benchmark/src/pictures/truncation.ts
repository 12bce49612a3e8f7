import { irfft2d, rfft2d } from '@ds/fft';
import { fractionalAvgPool, fractionalMaxPool, spectralPool } from '@ds/layers/ops';
import {
  concat,
  gather,
  pad,
  slice,
  type Tensor4D,
  tensor1d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

/** Reconstructions from n×n numbers per channel. */
export interface Truncation {
  /** Side n of the reduced image. */
  side: number;
  /** Kept fraction n²/(H·W). */
  kept: number;
  method: TruncationMethod;
  /** Relative error ‖x − x̂‖/‖x‖ of each image. */
  errors: number[];
}

export const TRUNCATION_METHODS = ['spectral', 'max', 'average'] as const;
export type TruncationMethod = (typeof TRUNCATION_METHODS)[number];

/**
 * Reduces images to `side`×`side` and restores their size (Rippel, Snoek & Adams 2015, figure 2).
 * Spectral pooling restores the removed frequencies as zeros. Max and average pooling fill each
 * region with its value.
 *
 * Shapes: images `[count, height, width, channels]`.
 */
export function truncated(x: Tensor4D, side: number, method: TruncationMethod): Tensor4D {
  if (method === 'spectral') return tidy(() => spectrallyTruncated(x, side));
  const [, height, width] = x.shape;
  const [rows, columns] = [boundaries(height, side), boundaries(width, side)];
  return tidy(() => {
    const pool = method === 'max' ? fractionalMaxPool : fractionalAvgPool;
    const { output } = pool(x, { rows, columns });
    const tall = gather(output, owners(rows), 1);
    return gather(tall, owners(columns), 2) as Tensor4D;
  });
}

/** Relative errors of each image at each side. */
export function truncationErrors(x: Tensor4D, side: number, method: TruncationMethod): Truncation {
  const [count, height, width] = x.shape;
  const back = truncated(x, side, method);
  const [whole, again] = [x.dataSync(), back.dataSync()];
  back.dispose();
  const size = whole.length / count;
  const errors = Array.from({ length: count }, (_, image) => {
    let difference = 0;
    let energy = 0;
    for (let i = image * size; i < (image + 1) * size; i++) {
      difference += (whole[i]! - again[i]!) ** 2;
      energy += whole[i]! ** 2;
    }
    return Math.sqrt(difference / energy);
  });
  return { side, kept: side ** 2 / (height * width), method, errors };
}

/** Spectral pooling to an even side, then zero-padding of the removed frequencies. */
function spectrallyTruncated(x: Tensor4D, side: number): Tensor4D {
  const [, height, width] = x.shape;
  // Adds a quarter so that rounding does not lose a row.
  const strides: [number, number] = [height / (side + 0.25), width / (side + 0.25)];
  const small =
    side === height && side === width ? x : spectralPool(x, strides, { norm: 'forward' });
  const { real, imag } = rfft2d(transpose(small, [0, 3, 1, 2]), { norm: 'forward' });
  const enlarged = (part: Tensor4D) => {
    const [n, channels, rows, columns] = part.shape;
    const half = rows / 2;
    const top = slice(part, [0, 0, 0, 0], [n, channels, half, columns]);
    const bottom = slice(part, [0, 0, half, 0], [n, channels, half, columns]);
    const middle: [number, number] = [0, height - rows];
    const spread = concat([pad(top, [[0, 0], [0, 0], middle, [0, 0]]), bottom], 2);
    return pad(spread, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, Math.floor(width / 2) + 1 - columns],
    ]);
  };
  const whole = { real: enlarged(real as Tensor4D), imag: enlarged(imag as Tensor4D) };
  const back = irfft2d(whole, { outputSize: [height, width], norm: 'forward' });
  return transpose(back, [0, 2, 3, 1]) as Tensor4D;
}

/** Boundaries 0 = a_0 < … < a_n = size, as evenly spaced as whole pixels allow. */
function boundaries(size: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * size) / parts));
}

/** The index of each pixel's region. */
function owners(ends: number[]) {
  const region = Array.from({ length: ends.at(-1)! }, (_, pixel) => {
    return ends.findIndex((end) => end > pixel) - 1;
  });
  return tensor1d(region, 'int32');
}
