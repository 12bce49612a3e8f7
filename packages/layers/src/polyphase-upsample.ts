import { type Checks, HOST_BACKENDS, refuse, requireOptions, requireTensor } from '@ds/checks';
import { type AxisTaps, poolByTaps } from '@ds/kernels';
import {
  addN,
  equal,
  getBackend,
  mul,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { blurUpsampledSize } from './blur-upsample.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import { checkPolyphaseStrides, polyphaseStrides } from './polyphase.js';
import { checkOutputSize } from './upsampled-size.js';

/** Options of {@link polyphaseUpsample}. */
export interface PolyphaseUpsampleOptions {
  /** Integer strides ≥ 1 of the sampling, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /** Output [height, width]. A side H must satisfy ceil(H/S) = h. Default h·S. */
  outputSize?: number | readonly [number, number];
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** The checks of {@link PolyphaseUpsampleOptions}. */
export const POLYPHASE_UPSAMPLE_CHECKS: Checks<PolyphaseUpsampleOptions> = {
  strides: checkPolyphaseStrides(2),
  outputSize: checkOutputSize,
  dataFormat: checkDataFormat,
};

/**
 * Polyphase upsampling: puts each image back on the grid from which the polyphase sampling of the
 * encoder took it. This is APS-U for `apsPool` (Chaman & Dokmanić, "Truly shift-equivariant
 * convolutional neural networks with adaptive polyphase upsampling", Asilomar 2021, arXiv
 * 2105.04040), and LPU for `lpsPool` (Rojas-Gomez, Lim, Schwing, Do & Yeh, NeurIPS 2022, arXiv
 * 2210.08001).
 *
 *     y[n, S_h p + i, S_w q + j] = w[n, k] · x[n, p, q],  k = S_w i + j
 *
 * `choice` has the weights w of the grids, `[batch, S_h·S_w]`, or the index of one grid for each
 * image, int32 `[batch]`. All other pixels are 0. Pixels beyond the output are dropped. They come
 * from the padding of the sampling. On WebGPU and WebGL indices are not read: an image with an
 * index of no grid becomes 0.
 *
 * Under a circular shift of the image by any number of pixels, sampling and then upsampling shifts
 * the result equally, if the sides are multiples of the strides. Both papers blur after the
 * upsampling: put a `blurPool` at stride 1 after it. A blur commutes with shifts.
 *
 * Shapes: x `[batch, h, w, channels]` → `[batch, h·S_h, w·S_w, channels]`, or `outputSize`.
 * Differentiable in x, and in weights.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, the
 *   choice does not suit the batch and the strides, an index is not one of a grid (on backends in
 *   host memory), or outputSize is not a size that the strides
 *   reduce to that of x.
 */
export function polyphaseUpsample(
  x: Tensor4D,
  choice: Tensor1D | Tensor2D,
  options: PolyphaseUpsampleOptions = {},
): Tensor4D {
  const op = 'polyphaseUpsample';
  requireImage(op, x);
  requireOptions(op, 'options', options, POLYPHASE_UPSAMPLE_CHECKS);
  const pair = polyphaseStrides(op, options.strides ?? 2);
  requireChoice(op, choice, x.shape[0], pair[0] * pair[1]);
  return inChannelsLast(x, options.dataFormat ?? 'channelsLast', (image) => {
    const size = blurUpsampledSize(op, [image.shape[1], image.shape[2]], {
      strides: pair,
      outputSize: options.outputSize,
    });
    return tidy(() => placed(image, choice, pair, size));
  });
}

/** @throws ConfigError if a choice is neither indices nor weights of the grids. */
function requireChoice(
  op: string,
  choice: Tensor1D | Tensor2D,
  batch: number,
  grids: number,
): void {
  requireTensor(op, 'choice', choice, { dtype: 'any' });
  const isIndex = choice.rank === 1 && choice.dtype === 'int32' && choice.size === batch;
  const isWeight =
    choice.rank === 2 && choice.dtype === 'float32' && `${choice.shape}` === `${batch},${grids}`;
  if (isIndex) requireGrids(op, choice, grids);
  if (isIndex || isWeight) return;
  refuse(
    op,
    'choice',
    `be int32 of shape [${batch}], or float32 of shape [${batch},${grids}]`,
    `${choice.dtype} of shape [${choice.shape}]`,
  );
}

/** Checks indices where a read does not wait for a device. */
function requireGrids(op: string, choice: Tensor, grids: number): void {
  if (!HOST_BACKENDS.includes(getBackend())) return;
  const indices = [...choice.dataSync<'int32'>()];
  const isGrid = indices.every((index) => index >= 0 && index < grids);
  if (!isGrid) refuse(op, 'choice', `be indices of grids in 0 … ${grids - 1}`, indices);
}

/** The sum over all grids of the image with its weight for the grid. */
function placed(
  image: Tensor4D,
  choice: Tensor1D | Tensor2D,
  [strideH, strideW]: [number, number],
  [height, width]: [number, number],
): Tensor4D {
  const parts = Array.from({ length: strideH * strideW }, (_, grid) =>
    poolByTaps(
      weighted(image, choice, grid),
      everyNth(height, strideH, Math.floor(grid / strideW)),
      everyNth(width, strideW, grid % strideW),
    ),
  );
  return parts.length === 1 ? parts[0]! : (addN(parts) as Tensor4D);
}

/** Selects with `where` for indices. A product with 0 would spread ∞ and NaN. */
function weighted(image: Tensor4D, choice: Tensor1D | Tensor2D, grid: number): Tensor4D {
  const perImage = (values: Tensor) => reshape(values, [-1, 1, 1, 1]);
  if (choice.rank === 1) {
    const isChosen = perImage(equal(choice, scalar(grid, 'int32')));
    return where(isChosen, image, zerosLike(image)) as Tensor4D;
  }
  return mul(image, perImage(slice(choice, [0, grid], [-1, 1]))) as Tensor4D;
}

/** The taps of the pixels start, start + stride, …. All other pixels have none. */
function everyNth(size: number, stride: number, start: number): AxisTaps[] {
  return Array.from({ length: size }, (_, pixel) =>
    pixel % stride === start ? [{ index: Math.floor(pixel / stride), weight: 1 }] : [],
  );
}
