// The narrow tile of products with symmetric matrices.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isPaired, STEP } from '../../wasm/assembly/panel';

/** Stores a row and its mirror image, from their sum and difference. */
export function unfold(
  y: usize,
  yStep: usize,
  row: i32,
  m: i32,
  sum: v128,
  difference: v128,
  isOdd: bool,
): void {
  v128.store(y + <usize>row * yStep, f32x4.add(sum, difference));
  if (isPaired(row, m)) {
    const mirrored = isOdd ? f32x4.sub(difference, sum) : f32x4.sub(sum, difference);
    v128.store(y + <usize>(m - row) * yStep, mirrored);
  }
}

/**
 * Computes four rows and their mirror images, eight columns. Rows from `rows` on are not stored.
 */
export function fourRows(
  a: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  yStep: usize,
  row: i32,
  rows: i32,
  m: i32,
  isOdd: bool,
): void {
  byEight(a, 0, x, even, odd, y, yStep, row, rows, m, isOdd, false);
}

/**
 * Computes four rows and their mirror images, and row m/2, eight columns. `fifth` is the table of
 * row m/2.
 */
export function fiveRows(
  a: usize,
  fifth: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  yStep: usize,
  row: i32,
  m: i32,
): void {
  byEight(a, fifth, x, even, odd, y, yStep, row, row + 4, m, false, true);
}

@inline
function byEight(
  a: usize,
  fifth: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  yStep: usize,
  row: i32,
  rows: i32,
  m: i32,
  isOdd: bool,
  hasFifth: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0),
    c41 = f32x4.splat(0);
  const evenEnd = a + ((<usize>even) << 4);
  while (a < evenEnd) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    if (hasFifth) {
      const a4 = v128.load32_splat(fifth);
      c40 = multiplyAdd(a4, x0, c40);
      c41 = multiplyAdd(a4, x1, c41);
      fifth += 16;
    }
    x += STEP;
    a += 16;
  }
  if (hasFifth) {
    const middle = y + <usize>(row + 4) * yStep;
    v128.store(middle, c40);
    v128.store(middle, c41, 16);
  }
  let d00 = f32x4.splat(0),
    d01 = f32x4.splat(0),
    d10 = f32x4.splat(0),
    d11 = f32x4.splat(0);
  let d20 = f32x4.splat(0),
    d21 = f32x4.splat(0),
    d30 = f32x4.splat(0),
    d31 = f32x4.splat(0);
  const end = a + ((<usize>odd) << 4);
  while (a < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const a0 = v128.load32_splat(a, 0);
    d00 = multiplyAdd(a0, x0, d00);
    d01 = multiplyAdd(a0, x1, d01);
    const a1 = v128.load32_splat(a, 4);
    d10 = multiplyAdd(a1, x0, d10);
    d11 = multiplyAdd(a1, x1, d11);
    const a2 = v128.load32_splat(a, 8);
    d20 = multiplyAdd(a2, x0, d20);
    d21 = multiplyAdd(a2, x1, d21);
    const a3 = v128.load32_splat(a, 12);
    d30 = multiplyAdd(a3, x0, d30);
    d31 = multiplyAdd(a3, x1, d31);
    x += STEP;
    a += 16;
  }
  unfold(y, yStep, row, m, c00, d00, isOdd);
  unfold(y + 16, yStep, row, m, c01, d01, isOdd);
  unfold(y, yStep, row + 1, m, c10, d10, isOdd);
  unfold(y + 16, yStep, row + 1, m, c11, d11, isOdd);
  if (row + 2 >= rows) return;
  unfold(y, yStep, row + 2, m, c20, d20, isOdd);
  unfold(y + 16, yStep, row + 2, m, c21, d21, isOdd);
  if (row + 3 >= rows) return;
  unfold(y, yStep, row + 3, m, c30, d30, isOdd);
  unfold(y + 16, yStep, row + 3, m, c31, d31, isOdd);
}
