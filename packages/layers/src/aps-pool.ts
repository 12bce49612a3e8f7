import {
  abs,
  addN,
  argMax,
  cast,
  customGrad,
  equal,
  mul,
  pow,
  reshape,
  scalar,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { integerStrides } from './blur-pool.js';
import { type DataFormat, inChannelsLast, requireDataFormat, requireImage } from './data-format.js';
import { resample } from './resample.js';

/** Options of {@link apsPool}. */
export interface ApsPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | [number, number];
  /** p of the norm by which components are compared, ≥ 1. Default 2, as published. */
  order?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Adaptive polyphase sampling (Chaman & Dokmanić, "Truly shift-invariant convolutional neural
 * networks", CVPR 2021): subsampling on the grid that has the most signal.
 *
 * Of the S_h·S_w polyphase components `x_ij[p, q] = x[S_h p + i, S_w q + j]` the one with the largest
 * ℓ_p norm over pixels and channels is kept, for each image by itself; ties go to the first. A shift of
 * the image permutes the components, so the choice shifts with it. The choice has no gradient; the
 * kept pixels pass theirs.
 *
 * Where it goes: behind the ReLU or blur of the layer it downsamples. Sizes that are not multiples of
 * the stride are filled up with zeros at the end.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x.
 *
 * @throws Error if x is not a float32 image of rank 4, strides are not integers ≥ 1, or order is not a
 *   finite number ≥ 1.
 */
export function apsPool(x: Tensor4D, options: ApsPoolOptions = {}): Tensor4D {
  const { order = 2, dataFormat = 'channelsLast' } = options;
  requireImage('apsPool', x);
  requireDataFormat('apsPool', dataFormat);
  requireOrder('apsPool', order);
  const [strideH, strideW] = integerStrides('apsPool', options.strides ?? 2);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => largestComponent(image, strideH, strideW, order)),
  );
}

export function requireOrder(op: string, order: number): void {
  if (!Number.isFinite(order) || order < 1) {
    throw new Error(`${op}: order must be a finite number >= 1, got ${order}`);
  }
}

/** Components are read, and their gradients written back, by `resample` with 0/1 matrices. */
function largestComponent(
  image: Tensor4D,
  strideH: number,
  strideW: number,
  order: number,
): Tensor4D {
  const [batch, height, width] = image.shape;
  const grids = Array.from({ length: strideH * strideW }, (_, index) => ({
    rows: () => everyNth(height, strideH, Math.floor(index / strideW)),
    columns: () => everyNth(width, strideW, index % strideW),
  }));
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
    const components = grids.map(({ rows, columns }) => resample(x, rows(), columns()));
    const powers = stack(components.map((part) => sum(pow(abs(part), scalar(order)), [1, 2, 3])));
    const winner = reshape(argMax(powers, 0), [batch, 1, 1, 1]);
    save([winner]);
    return {
      value: addN(components.map((part, index) => mul(part, chosen(winner, index)))),
      gradFunc: (dy, saved) => {
        const [winning] = saved as [Tensor];
        return addN(
          grids.map(({ rows, columns }, index) => {
            const upstream = mul(dy as Tensor4D, chosen(winning, index)) as Tensor4D;
            return resample(upstream, transpose(rows()), transpose(columns()));
          }),
        );
      },
    };
  });
  return op(image) as Tensor4D;
}

/** 1 for the images whose largest component is this one, else 0. */
function chosen(winner: Tensor, index: number): Tensor {
  return cast(equal(winner, scalar(index, 'int32')), 'float32');
}

/** The 0/1 matrix of rows start, start + stride, …; zero rows beyond the end. */
function everyNth(size: number, stride: number, start: number): Tensor2D {
  const outputs = Math.ceil(size / stride);
  const values = new Float32Array(outputs * size);
  for (let output = 0; output < outputs; output++) {
    const index = output * stride + start;
    if (index < size) values[output * size + index] = 1;
  }
  return tensor2d(values, [outputs, size]);
}
