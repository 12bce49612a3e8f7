import type { PoolingMatrices } from '@ds/kernels';
import { matMul, slice, sub, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** The taps of a strided convolution, for both axes. */
export interface AntiAliasTaps {
  /** Row by row, [size[0], size[1]]. */
  values: Float32Array;
  /** The number of taps along the height and the width. */
  size: [number, number];
  /** Integer strides [s_h, s_w]. */
  strides: [number, number];
  /** The part of the energy of the impulse response that the taps keep, from 0 to 1. */
  energy: number;
}

/** The sizes of a strided convolution along one axis. */
interface Axis {
  /** Side of the image. */
  size: number;
  stride: number;
  /** Taps before the centre. */
  before: number;
  taps: number;
}

/**
 * The taps of the strided convolution that comes nearest to a spectral pooling.
 *
 * The pooling filters by a mask and then samples. Its impulse response is the inverse DFT of the
 * mask, `g[n, m] = 1/(HW) · Σ_kl mask[k, l] · exp(2πi (kn/H + lm/W))`, real part, times the factor
 * of the norm. The first row of its matrices holds this response. The convolution
 *
 *     y[i, j] = Σ_nm g[n, m] · x[i · s_h + n, j · s_w + m]
 *
 * has integer strides s and the taps within two strides S of the centre. The taps are scaled, so
 * that a constant image has the same result as in the pooling. If the mask drops frequency 0, this
 * result is 0, and the taps are not scaled.
 *
 * @param matrices of the pooling, for images of size `input`, [H, W].
 * @param learned the strides S of the pooling.
 * @param strides s, from 1 to the sides of the image.
 */
export function antiAliasTaps(
  matrices: PoolingMatrices,
  input: readonly [number, number],
  learned: readonly [number, number],
  strides: readonly [number, number],
): AntiAliasTaps {
  const response = impulseResponse(matrices);
  const [rows, columns] = ([0, 1] as const).map((at) =>
    axisOf(input[at], learned[at], strides[at]),
  ) as [Axis, Axis];
  const taps = new Float32Array(rows.taps * columns.taps);
  for (let t = 0; t < rows.taps; t++) {
    const p = (t - rows.before + rows.size) % rows.size;
    for (let u = 0; u < columns.taps; u++) {
      const q = (u - columns.before + columns.size) % columns.size;
      taps[t * columns.taps + u] = response[p * columns.size + q]!;
    }
  }
  const gain = [response, taps].some(isZeroMean) ? 1 : sum(response) / sum(taps);
  return {
    values: taps.map((tap) => gain * tap),
    size: [rows.taps, columns.taps],
    strides: [rows.stride, columns.stride],
    // The whole response may sum to more than 1 by rounding.
    energy: energy(response) === 0 ? 1 : Math.min(1, energy(taps) / energy(response)),
  };
}

/** The weight of each pixel of the image in the first pixel of the result: [H, W], row by row. */
function impulseResponse({ rows, columns, skew }: PoolingMatrices): Float32Array {
  return tidy(() => {
    const first = (matrix: Tensor2D) => slice(matrix, [0, 0], [1, matrix.shape[1]]);
    const response = matMul(first(rows), first(columns), true);
    if (!skew) return response.dataSync<'float32'>();
    const skewRow = matMul(first(skew.synthesis), skew.analysis);
    return sub(response, matMul(skewRow, first(skew.columns), true)).dataSync<'float32'>();
  });
}

/**
 * The sizes along one axis. With padding `'same'`, windows begin at ⌊(⌈size/s⌉·s − size − s +
 * taps)/2⌋ pixels before the image. The number of taps makes this `before`, so the centre of the
 * first window is the first pixel.
 */
function axisOf(size: number, learned: number, stride: number): Axis {
  const overhang = Math.ceil(size / stride) * stride - size;
  const extra = stride - overhang;
  const before = Math.min(Math.ceil(2 * learned), Math.floor((size - extra) / 2));
  return { size, stride, before, taps: 2 * before + extra };
}

/** Whether numbers add up to 0, except for the rounding of float32. */
function isZeroMean(values: Float32Array): boolean {
  return Math.abs(sum(values)) <= 1e-5 * sum(values.map(Math.abs));
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function energy(values: Float32Array): number {
  return values.reduce((total, value) => total + value * value, 0);
}
