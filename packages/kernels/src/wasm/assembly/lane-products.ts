// Products of rows with rows, summed along the rows, in eight partial sums for each pair of rows.
// The partial sums stay in memory between calls, so a call needs no sum across a vector. Each pair
// of vectors is adjacent, which lets an engine join them into 256 bits.

import { multiplyAdd } from './multiply-add';
import { isWide } from './wide-tile';

/** The partial sums of a pair of rows, and their bytes. Columns c and c + 8 have the same one. */
export const LANES: i32 = 8;
const LANE_BYTES: usize = 32;

/**
 * sums[i, p, l] += Σ left[i, c] · right[p, c] over the columns c = l, l + 8, …, for m rows of left
 * and k rows of right. Rows of both are `step` bytes apart. `count` is a multiple of 8.
 *
 * The loops run over blocks of 4×2 rows and over the columns, with the partial sums in registers.
 * If the engine does not join vectors, there are too few registers for all sums of a block. Then
 * they take two passes, of four partial sums for each pair.
 */
export function addLaneProducts(
  left: usize,
  m: i32,
  right: usize,
  k: i32,
  count: i32,
  step: usize,
  sums: usize,
): void {
  const sumsRow = <usize>k * LANE_BYTES;
  const pairs = k & ~1;
  let row = 0;
  for (; row + 4 <= m; row += 4) {
    const block = left + <usize>row * step;
    const target = sums + <usize>row * sumsRow;
    for (let p: usize = 0; p < <usize>pairs; p += 2) {
      const other = right + p * step;
      const to = target + p * LANE_BYTES;
      if (isWide) {
        fourByTwo(block, other, step, to, sumsRow, count);
      } else {
        halfOfFourByTwo(block, other, step, to, sumsRow, count);
        halfOfFourByTwo(block + 16, other + 16, step, to + 16, sumsRow, count);
      }
    }
  }
  for (; row + 2 <= m; row += 2) {
    const block = left + <usize>row * step;
    const target = sums + <usize>row * sumsRow;
    for (let p: usize = 0; p < <usize>pairs; p += 2) {
      twoByTwo(block, right + p * step, step, target + p * LANE_BYTES, sumsRow, count);
    }
  }
  if (row < m) {
    const block = left + <usize>row * step;
    const target = sums + <usize>row * sumsRow;
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const to = target + <usize>p * LANE_BYTES;
      oneByFour(block, right + <usize>p * step, step, to, count);
    }
    for (; p < k; p++) {
      oneByOne(block, right + <usize>p * step, target + <usize>p * LANE_BYTES, count);
    }
  }
  // The last row of right, if their number is odd.
  if (pairs === k) return;
  const last = right + <usize>pairs * step;
  const column = sums + <usize>pairs * LANE_BYTES;
  const rows = m & ~1;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    const to = column + <usize>i * sumsRow;
    fourByOne(left + <usize>i * step, last, step, to, sumsRow, count);
  }
  for (; i < rows; i++) {
    oneByOne(left + <usize>i * step, last, column + <usize>i * sumsRow, count);
  }
}

/** Returns the sum of the eight partial sums of a pair. */
export function laneSum(at: usize): f32 {
  const c = f32x4.add(v128.load(at), v128.load(at, 16));
  return (
    f32x4.extract_lane(c, 0) +
    f32x4.extract_lane(c, 1) +
    (f32x4.extract_lane(c, 2) + f32x4.extract_lane(c, 3))
  );
}

/** Four rows of left, two of right. */
function fourByTwo(
  left: usize,
  right: usize,
  step: usize,
  sums: usize,
  sumsRow: usize,
  count: i32,
): void {
  let c00 = v128.load(sums),
    d00 = v128.load(sums, 16);
  let c01 = v128.load(sums, 32),
    d01 = v128.load(sums, 48);
  let c10 = v128.load(sums + sumsRow),
    d10 = v128.load(sums + sumsRow, 16);
  let c11 = v128.load(sums + sumsRow, 32),
    d11 = v128.load(sums + sumsRow, 48);
  let c20 = v128.load(sums + 2 * sumsRow),
    d20 = v128.load(sums + 2 * sumsRow, 16);
  let c21 = v128.load(sums + 2 * sumsRow, 32),
    d21 = v128.load(sums + 2 * sumsRow, 48);
  let c30 = v128.load(sums + 3 * sumsRow),
    d30 = v128.load(sums + 3 * sumsRow, 16);
  let c31 = v128.load(sums + 3 * sumsRow, 32),
    d31 = v128.load(sums + 3 * sumsRow, 48);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    const x0 = v128.load(right);
    const z0 = v128.load(right, 16);
    const x1 = v128.load(right + step);
    const z1 = v128.load(right + step, 16);
    const a0 = v128.load(left);
    const b0 = v128.load(left, 16);
    c00 = multiplyAdd(a0, x0, c00);
    d00 = multiplyAdd(b0, z0, d00);
    c01 = multiplyAdd(a0, x1, c01);
    d01 = multiplyAdd(b0, z1, d01);
    const a1 = v128.load(left + step);
    const b1 = v128.load(left + step, 16);
    c10 = multiplyAdd(a1, x0, c10);
    d10 = multiplyAdd(b1, z0, d10);
    c11 = multiplyAdd(a1, x1, c11);
    d11 = multiplyAdd(b1, z1, d11);
    const a2 = v128.load(left + 2 * step);
    const b2 = v128.load(left + 2 * step, 16);
    c20 = multiplyAdd(a2, x0, c20);
    d20 = multiplyAdd(b2, z0, d20);
    c21 = multiplyAdd(a2, x1, c21);
    d21 = multiplyAdd(b2, z1, d21);
    const a3 = v128.load(left + 3 * step);
    const b3 = v128.load(left + 3 * step, 16);
    c30 = multiplyAdd(a3, x0, c30);
    d30 = multiplyAdd(b3, z0, d30);
    c31 = multiplyAdd(a3, x1, c31);
    d31 = multiplyAdd(b3, z1, d31);
    left += 32;
    right += 32;
  }
  v128.store(sums, c00);
  v128.store(sums, d00, 16);
  v128.store(sums, c01, 32);
  v128.store(sums, d01, 48);
  v128.store(sums + sumsRow, c10);
  v128.store(sums + sumsRow, d10, 16);
  v128.store(sums + sumsRow, c11, 32);
  v128.store(sums + sumsRow, d11, 48);
  v128.store(sums + 2 * sumsRow, c20);
  v128.store(sums + 2 * sumsRow, d20, 16);
  v128.store(sums + 2 * sumsRow, c21, 32);
  v128.store(sums + 2 * sumsRow, d21, 48);
  v128.store(sums + 3 * sumsRow, c30);
  v128.store(sums + 3 * sumsRow, d30, 16);
  v128.store(sums + 3 * sumsRow, c31, 32);
  v128.store(sums + 3 * sumsRow, d31, 48);
}

/** Four rows of left, two of right: four of the eight partial sums. */
function halfOfFourByTwo(
  left: usize,
  right: usize,
  step: usize,
  sums: usize,
  sumsRow: usize,
  count: i32,
): void {
  let c00 = v128.load(sums),
    c01 = v128.load(sums, 32);
  let c10 = v128.load(sums + sumsRow),
    c11 = v128.load(sums + sumsRow, 32);
  let c20 = v128.load(sums + 2 * sumsRow),
    c21 = v128.load(sums + 2 * sumsRow, 32);
  let c30 = v128.load(sums + 3 * sumsRow),
    c31 = v128.load(sums + 3 * sumsRow, 32);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    const x0 = v128.load(right);
    const x1 = v128.load(right + step);
    const a0 = v128.load(left);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    const a1 = v128.load(left + step);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    const a2 = v128.load(left + 2 * step);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    const a3 = v128.load(left + 3 * step);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    left += 32;
    right += 32;
  }
  v128.store(sums, c00);
  v128.store(sums, c01, 32);
  v128.store(sums + sumsRow, c10);
  v128.store(sums + sumsRow, c11, 32);
  v128.store(sums + 2 * sumsRow, c20);
  v128.store(sums + 2 * sumsRow, c21, 32);
  v128.store(sums + 3 * sumsRow, c30);
  v128.store(sums + 3 * sumsRow, c31, 32);
}

/** Two rows of left, two of right. */
function twoByTwo(
  left: usize,
  right: usize,
  step: usize,
  sums: usize,
  sumsRow: usize,
  count: i32,
): void {
  let c00 = v128.load(sums),
    d00 = v128.load(sums, 16);
  let c01 = v128.load(sums, 32),
    d01 = v128.load(sums, 48);
  let c10 = v128.load(sums + sumsRow),
    d10 = v128.load(sums + sumsRow, 16);
  let c11 = v128.load(sums + sumsRow, 32),
    d11 = v128.load(sums + sumsRow, 48);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    const x0 = v128.load(right);
    const z0 = v128.load(right, 16);
    const x1 = v128.load(right + step);
    const z1 = v128.load(right + step, 16);
    const a0 = v128.load(left);
    const b0 = v128.load(left, 16);
    c00 = multiplyAdd(a0, x0, c00);
    d00 = multiplyAdd(b0, z0, d00);
    c01 = multiplyAdd(a0, x1, c01);
    d01 = multiplyAdd(b0, z1, d01);
    const a1 = v128.load(left + step);
    const b1 = v128.load(left + step, 16);
    c10 = multiplyAdd(a1, x0, c10);
    d10 = multiplyAdd(b1, z0, d10);
    c11 = multiplyAdd(a1, x1, c11);
    d11 = multiplyAdd(b1, z1, d11);
    left += 32;
    right += 32;
  }
  v128.store(sums, c00);
  v128.store(sums, d00, 16);
  v128.store(sums, c01, 32);
  v128.store(sums, d01, 48);
  v128.store(sums + sumsRow, c10);
  v128.store(sums + sumsRow, d10, 16);
  v128.store(sums + sumsRow, c11, 32);
  v128.store(sums + sumsRow, d11, 48);
}

/** Four rows of left, one of right. */
function fourByOne(
  left: usize,
  right: usize,
  step: usize,
  sums: usize,
  sumsRow: usize,
  count: i32,
): void {
  let c00 = v128.load(sums),
    d00 = v128.load(sums, 16);
  let c10 = v128.load(sums + sumsRow),
    d10 = v128.load(sums + sumsRow, 16);
  let c20 = v128.load(sums + 2 * sumsRow),
    d20 = v128.load(sums + 2 * sumsRow, 16);
  let c30 = v128.load(sums + 3 * sumsRow),
    d30 = v128.load(sums + 3 * sumsRow, 16);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    const x0 = v128.load(right);
    const z0 = v128.load(right, 16);
    const a0 = v128.load(left);
    const b0 = v128.load(left, 16);
    c00 = multiplyAdd(a0, x0, c00);
    d00 = multiplyAdd(b0, z0, d00);
    const a1 = v128.load(left + step);
    const b1 = v128.load(left + step, 16);
    c10 = multiplyAdd(a1, x0, c10);
    d10 = multiplyAdd(b1, z0, d10);
    const a2 = v128.load(left + 2 * step);
    const b2 = v128.load(left + 2 * step, 16);
    c20 = multiplyAdd(a2, x0, c20);
    d20 = multiplyAdd(b2, z0, d20);
    const a3 = v128.load(left + 3 * step);
    const b3 = v128.load(left + 3 * step, 16);
    c30 = multiplyAdd(a3, x0, c30);
    d30 = multiplyAdd(b3, z0, d30);
    left += 32;
    right += 32;
  }
  v128.store(sums, c00);
  v128.store(sums, d00, 16);
  v128.store(sums + sumsRow, c10);
  v128.store(sums + sumsRow, d10, 16);
  v128.store(sums + 2 * sumsRow, c20);
  v128.store(sums + 2 * sumsRow, d20, 16);
  v128.store(sums + 3 * sumsRow, c30);
  v128.store(sums + 3 * sumsRow, d30, 16);
}

/** One row of left, four of right. */
function oneByFour(left: usize, right: usize, step: usize, sums: usize, count: i32): void {
  let c00 = v128.load(sums),
    d00 = v128.load(sums, 16);
  let c01 = v128.load(sums, 32),
    d01 = v128.load(sums, 48);
  let c02 = v128.load(sums, 64),
    d02 = v128.load(sums, 80);
  let c03 = v128.load(sums, 96),
    d03 = v128.load(sums, 112);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    const x0 = v128.load(right);
    const z0 = v128.load(right, 16);
    const x1 = v128.load(right + step);
    const z1 = v128.load(right + step, 16);
    const x2 = v128.load(right + 2 * step);
    const z2 = v128.load(right + 2 * step, 16);
    const x3 = v128.load(right + 3 * step);
    const z3 = v128.load(right + 3 * step, 16);
    const a0 = v128.load(left);
    const b0 = v128.load(left, 16);
    c00 = multiplyAdd(a0, x0, c00);
    d00 = multiplyAdd(b0, z0, d00);
    c01 = multiplyAdd(a0, x1, c01);
    d01 = multiplyAdd(b0, z1, d01);
    c02 = multiplyAdd(a0, x2, c02);
    d02 = multiplyAdd(b0, z2, d02);
    c03 = multiplyAdd(a0, x3, c03);
    d03 = multiplyAdd(b0, z3, d03);
    left += 32;
    right += 32;
  }
  v128.store(sums, c00);
  v128.store(sums, d00, 16);
  v128.store(sums, c01, 32);
  v128.store(sums, d01, 48);
  v128.store(sums, c02, 64);
  v128.store(sums, d02, 80);
  v128.store(sums, c03, 96);
  v128.store(sums, d03, 112);
}

/** One row of left, one of right. */
function oneByOne(left: usize, right: usize, sums: usize, count: i32): void {
  let c = v128.load(sums),
    d = v128.load(sums, 16);
  const end = left + ((<usize>count) << 2);
  while (left < end) {
    c = multiplyAdd(v128.load(left), v128.load(right), c);
    d = multiplyAdd(v128.load(left, 16), v128.load(right, 16), d);
    left += 32;
    right += 32;
  }
  v128.store(sums, c);
  v128.store(sums, d, 16);
}
