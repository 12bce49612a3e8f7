// y_b = a · x_b for a small matrix a [m, k] and a batch of x_b [k, n], and its gradient in a. Both
// stages of a composed `resample` run on it.

import {
  ALIGNMENT,
  aligned,
  multiply,
  multiplyWhole,
  PANEL,
  pack,
  prepareMatrix,
  STEP,
  tableFloats,
} from '../../wasm/assembly/panel';
import { addRowProducts } from '../../wasm/assembly/row-products';

/**
 * The number of floats that `leftMultiply` and `matrixProduct` need as scratch space: the table of
 * a, and one panel of x.
 */
export function leftMultiplyScratch(m: i32, k: i32): f64 {
  return tableFloats(m, k) + <f64>ALIGNMENT + <f64>PANEL * <f64>k;
}

/**
 * y [batch, m, n] = a [m, k] · x [batch, k, n].
 *
 * One pass over x. a is first packed into a table in scratch. The loops run over the batch and over
 * panels of up to 64 columns. Each panel of x is copied to scratch, and `multiply` multiplies it by
 * the table. `multiply` skips the columns where a block of rows of a starts or ends with zeros.
 */
export function leftMultiply(
  a: usize,
  x: usize,
  y: usize,
  scratch: usize,
  batch: i32,
  m: i32,
  k: i32,
  n: i32,
): void {
  const step = (<usize>n) << 2;
  const panel = aligned(scratch + ((<usize>tableFloats(m, k)) << 2));
  prepareMatrix(a, (<usize>k) << 2, 4, m, k, false, 1, scratch);
  for (let b = 0; b < batch; b++) {
    const source = x + <usize>b * k * step;
    const target = y + <usize>b * m * step;
    for (let column = 0; column < n; column += PANEL) {
      const width = min(PANEL, n - column);
      const offset = (<usize>column) << 2;
      pack(source + offset, step, k, width, panel, STEP);
      multiply(scratch, panel, target + offset, m, k, STEP, step, width, false);
    }
  }
}

/** y [m, n] = a [m, k] · x [k, n]. The same for one matrix, without skipping zeros. */
export function matrixProduct(
  a: usize,
  x: usize,
  y: usize,
  scratch: usize,
  m: i32,
  k: i32,
  n: i32,
): void {
  const step = (<usize>n) << 2;
  const panel = aligned(scratch + ((<usize>tableFloats(m, k)) << 2));
  prepareMatrix(a, (<usize>k) << 2, 4, m, k, false, 1, scratch);
  for (let column = 0; column < n; column += PANEL) {
    const width = min(PANEL, n - column);
    const offset = (<usize>column) << 2;
    pack(x + offset, step, k, width, panel, STEP);
    multiplyWhole(scratch, panel, y + offset, m, k, STEP, step, width);
  }
}

/** Columns that are processed together. The rows of one chunk stay in the cache. */
const CHUNK: i32 = 256;

/**
 * da [m, k] = Σ_b dy_b [m, n] · x_bᵀ [n, k].
 *
 * One pass without scratch. The loops run over the batch and over chunks of 256 columns.
 * `addRowProducts` adds the products of the rows of a chunk to da.
 */
export function leftMultiplyGradient(
  dy: usize,
  x: usize,
  da: usize,
  batch: i32,
  m: i32,
  k: i32,
  n: i32,
): void {
  memory.fill(da, 0, (<usize>m * k) << 2);
  const step = (<usize>n) << 2;
  for (let b = 0; b < batch; b++) {
    const left = dy + <usize>b * m * step;
    const right = x + <usize>b * k * step;
    for (let start = 0; start < n; start += CHUNK) {
      const offset = (<usize>start) << 2;
      const count = min(CHUNK, n - start);
      addRowProducts(left + offset, m, right + offset, k, count, step, da, k);
    }
  }
}
