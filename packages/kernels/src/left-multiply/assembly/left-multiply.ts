// y_b = a · x_b for a small matrix a [m, k] and a batch of x_b [k, n]: both stages of `resample`, and
// with a transposed copy of a their gradient.

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
 * a, and a panel of x.
 */
export function leftMultiplyScratch(m: i32, k: i32): f64 {
  return tableFloats(m, k) + <f64>ALIGNMENT + <f64>PANEL * <f64>k;
}

/**
 * y [batch, m, n] = a [m, k] · x [batch, k, n]. Zeros at the ends of a's rows leave rows of x out,
 * as `multiply` says.
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

/** y [m, n] = a [m, k] · x [k, n]. */
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

/** Floats of a row that are worked on at a time: the rows of one chunk stay in the cache. */
const CHUNK: i32 = 256;

/** da [m, k] = Σ_b dy_b [m, n] · x_bᵀ [n, k]. */
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
