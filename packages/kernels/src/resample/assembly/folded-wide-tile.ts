// The wide tile of products with symmetric matrices.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isPaired, STEP } from '../../wasm/assembly/panel';

/**
 * Computes four rows and their mirror images, sixteen columns. Rows from `rows` on are not stored.
 */
export function fourWideRows(
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
  bySixteen(a, 0, x, even, odd, y, yStep, row, rows, m, isOdd, false);
}

/**
 * Computes four rows and their mirror images, and row m/2, sixteen columns. `fifth` is the table of
 * row m/2.
 */
export function fiveWideRows(
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
  bySixteen(a, fifth, x, even, odd, y, yStep, row, row + 4, m, false, true);
}

@inline
function bySixteen(
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
    c02 = f32x4.splat(0),
    c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0),
    c11 = f32x4.splat(0),
    c12 = f32x4.splat(0),
    c13 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c22 = f32x4.splat(0),
    c23 = f32x4.splat(0);
  let c30 = f32x4.splat(0),
    c31 = f32x4.splat(0),
    c32 = f32x4.splat(0),
    c33 = f32x4.splat(0);
  let c40 = f32x4.splat(0),
    c41 = f32x4.splat(0),
    c42 = f32x4.splat(0),
    c43 = f32x4.splat(0);
  const evenEnd = a + ((<usize>even) << 4);
  while (a < evenEnd) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const a0 = v128.load32_splat(a, 0);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    c02 = multiplyAdd(a0, x2, c02);
    c03 = multiplyAdd(a0, x3, c03);
    const a1 = v128.load32_splat(a, 4);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    c12 = multiplyAdd(a1, x2, c12);
    c13 = multiplyAdd(a1, x3, c13);
    const a2 = v128.load32_splat(a, 8);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    c22 = multiplyAdd(a2, x2, c22);
    c23 = multiplyAdd(a2, x3, c23);
    const a3 = v128.load32_splat(a, 12);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    c32 = multiplyAdd(a3, x2, c32);
    c33 = multiplyAdd(a3, x3, c33);
    if (hasFifth) {
      const a4 = v128.load32_splat(fifth);
      c40 = multiplyAdd(a4, x0, c40);
      c41 = multiplyAdd(a4, x1, c41);
      c42 = multiplyAdd(a4, x2, c42);
      c43 = multiplyAdd(a4, x3, c43);
      fifth += 16;
    }
    x += STEP;
    a += 16;
  }
  if (hasFifth) {
    const middle = y + <usize>(row + 4) * yStep;
    v128.store(middle, c40);
    v128.store(middle, c41, 16);
    v128.store(middle, c42, 32);
    v128.store(middle, c43, 48);
  }
  let d00 = f32x4.splat(0),
    d01 = f32x4.splat(0),
    d02 = f32x4.splat(0),
    d03 = f32x4.splat(0);
  let d10 = f32x4.splat(0),
    d11 = f32x4.splat(0),
    d12 = f32x4.splat(0),
    d13 = f32x4.splat(0);
  let d20 = f32x4.splat(0),
    d21 = f32x4.splat(0),
    d22 = f32x4.splat(0),
    d23 = f32x4.splat(0);
  let d30 = f32x4.splat(0),
    d31 = f32x4.splat(0),
    d32 = f32x4.splat(0),
    d33 = f32x4.splat(0);
  const end = a + ((<usize>odd) << 4);
  while (a < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const a0 = v128.load32_splat(a, 0);
    d00 = multiplyAdd(a0, x0, d00);
    d01 = multiplyAdd(a0, x1, d01);
    d02 = multiplyAdd(a0, x2, d02);
    d03 = multiplyAdd(a0, x3, d03);
    const a1 = v128.load32_splat(a, 4);
    d10 = multiplyAdd(a1, x0, d10);
    d11 = multiplyAdd(a1, x1, d11);
    d12 = multiplyAdd(a1, x2, d12);
    d13 = multiplyAdd(a1, x3, d13);
    const a2 = v128.load32_splat(a, 8);
    d20 = multiplyAdd(a2, x0, d20);
    d21 = multiplyAdd(a2, x1, d21);
    d22 = multiplyAdd(a2, x2, d22);
    d23 = multiplyAdd(a2, x3, d23);
    const a3 = v128.load32_splat(a, 12);
    d30 = multiplyAdd(a3, x0, d30);
    d31 = multiplyAdd(a3, x1, d31);
    d32 = multiplyAdd(a3, x2, d32);
    d33 = multiplyAdd(a3, x3, d33);
    x += STEP;
    a += 16;
  }
  unfoldWide(y, yStep, row, m, c00, c01, c02, c03, d00, d01, d02, d03, isOdd);
  unfoldWide(y, yStep, row + 1, m, c10, c11, c12, c13, d10, d11, d12, d13, isOdd);
  if (row + 2 >= rows) return;
  unfoldWide(y, yStep, row + 2, m, c20, c21, c22, c23, d20, d21, d22, d23, isOdd);
  if (row + 3 >= rows) return;
  unfoldWide(y, yStep, row + 3, m, c30, c31, c32, c33, d30, d31, d32, d33, isOdd);
}

/** Stores a row and its mirror image, from their sums s and differences d. */
@inline
function unfoldWide(
  y: usize,
  yStep: usize,
  row: i32,
  m: i32,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  isOdd: bool,
): void {
  const to = y + <usize>row * yStep;
  v128.store(to, f32x4.add(s0, d0));
  v128.store(to, f32x4.add(s1, d1), 16);
  v128.store(to, f32x4.add(s2, d2), 32);
  v128.store(to, f32x4.add(s3, d3), 48);
  if (!isPaired(row, m)) return;
  const mirrored = y + <usize>(m - row) * yStep;
  if (isOdd) {
    v128.store(mirrored, f32x4.sub(d0, s0));
    v128.store(mirrored, f32x4.sub(d1, s1), 16);
    v128.store(mirrored, f32x4.sub(d2, s2), 32);
    v128.store(mirrored, f32x4.sub(d3, s3), 48);
  } else {
    v128.store(mirrored, f32x4.sub(s0, d0));
    v128.store(mirrored, f32x4.sub(s1, d1), 16);
    v128.store(mirrored, f32x4.sub(s2, d2), 32);
    v128.store(mirrored, f32x4.sub(s3, d3), 48);
  }
}
