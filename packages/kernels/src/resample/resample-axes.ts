import {
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { alongMiddle } from './composed.js';
import type { AxisMatrix } from './masked-matrix.js';
import { hasResampleKernel, resampleByMatrices } from './resample.js';

/** The output side and the input side of an axis: the shape of its matrix. */
export type Sides = readonly [m: number, n: number];

/** Options of {@link resampleAxes}. */
export interface ResampleAxesOptions {
  /**
   * Whether every matrix has the symmetry `a[−i, −p] = a[i, p]` (indices modulo the sides), as
   * those of zero-phase filters have. A kernel then does half of the work, and returns only the
   * part of the matrices' gradient with this symmetry. Default false.
   */
  isSymmetric?: boolean;
}

/**
 * Multiplies each spatial axis by one matrix, for one to three axes:
 *
 * `y[n, i, j, k, c] = Σ_pqr A[i, p] B[j, q] C[k, r] · x[n, p, q, r, c]`
 *
 * Shapes: x `[batch, ...sides, channels]`, one matrix `[output side, side]` for each side, in the
 * order of the axes → `[batch, ...output sides, channels]`. Differentiable in x and all matrices.
 *
 * The axes are multiplied in the order with the fewest multiply-adds. Two axes that are neighbours
 * in memory go through the 2-D kernel together. No axis is transposed for 8 channels or more.
 */
export function resampleAxes<X extends Tensor>(
  x: X,
  matrices: readonly AxisMatrix[],
  { isSymmetric = false }: ResampleAxesOptions = {},
): X {
  return tidy(() => {
    let y: Tensor = x;
    for (const axes of passes(matrices)) y = pass(y, axes, matrices, isSymmetric);
    return y as X;
  });
}

/**
 * The order of the axes with the fewest multiply-adds. A pass from n to m pixels multiplies each
 * value m times. So of two axes, the one with the larger 1/m − 1/n comes first.
 */
export function axisOrder(sides: readonly Sides[]): number[] {
  const gain = ([m, n]: Sides) => 1 / m - 1 / n;
  return sides.map((_, axis) => axis).sort((a, b) => gain(sides[b]!) - gain(sides[a]!));
}

/** The multiply-adds for one channel of one image, if the axes are multiplied in this order. */
export function multiplyAddsInOrder(sides: readonly Sides[], order: readonly number[]): number {
  let values = product(sides.map(([, n]) => n));
  let total = 0;
  for (const axis of order) {
    const [m, n] = sides[axis]!;
    total += m * values;
    values = (values / n) * m;
  }
  return total;
}

/** The passes over the image: each has one axis, or two axes that are neighbours in memory. */
function passes(matrices: readonly AxisMatrix[]): number[][] {
  const order = axisOrder(matrices.map(({ shape }) => shape));
  if (order.length === 1) return [order];
  const [a, b] = order as [number, number];
  const length = Math.abs(a - b) === 1 ? 2 : 1;
  return [order.slice(0, length), order.slice(length)].filter((axes) => axes.length > 0);
}

function pass(x: Tensor, axes: number[], matrices: readonly AxisMatrix[], isSymmetric: boolean) {
  const start = Math.min(...axes);
  const own = matrices.slice(start, start + axes.length);
  const before = x.shape.slice(0, start + 1);
  const after = x.shape.slice(start + 1 + axes.length);
  const sides = own.map(({ shape }) => shape[1]);
  const image = reshape(x, [product(before), ...sides, product(after)]);
  const [rows, columns] = own as [AxisMatrix, AxisMatrix?];
  const y = columns
    ? resampleByMatrices(image as Tensor4D, { rows, columns }, { isSymmetric })
    : alongOne(image as Tensor3D, rows, isSymmetric);
  return reshape(y, [...before, ...own.map(({ shape }) => shape[0]), ...after]);
}

/**
 * Multiplies the middle axis of `[batch, n, inner]`. A symmetric matrix goes through the 2-D
 * kernel, which then does half of the work, as an image of height 1.
 */
function alongOne(x: Tensor3D, matrix: AxisMatrix, isSymmetric: boolean): Tensor {
  const [batch, n, inner] = x.shape;
  const image = reshape(x, [batch, 1, n, inner]) as Tensor4D;
  if (!isSymmetric || !hasResampleKernel(image)) return alongMiddle(x, matrix);
  const rows: AxisMatrix = { shape: [1, 1], value: tensor2d([[1]]), ramp: null };
  return resampleByMatrices(image, { rows, columns: matrix }, { isSymmetric });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
