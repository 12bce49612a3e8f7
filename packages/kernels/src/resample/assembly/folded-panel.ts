// Products with a matrix that has the symmetry a[−i, −p] = ±a[i, p] (indices modulo its
// sides). Every matrix of a real, zero-phase filter has it. Sums and differences of mirrored rows
// of x then give sums and differences of mirrored rows of y, with half of the multiplications.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { evenCount, isPaired, STEP } from '../../wasm/assembly/panel';
import { isWide, WIDE_BYTES } from '../../wasm/assembly/wide-tile';
import { fourWideRows } from './folded-wide-tile';

/**
 * The number of floats of `aside`: two rows of four. `multiplyFolded` computes the last columns
 * there.
 */
export const ASIDE: i32 = 8;

/**
 * y [m, width] = a · x. `table` holds the first m/2 + 1 rows of a, folded: the even half before
 * the odd half. x is a folded panel. `isOdd` selects the sign of the symmetry. `aside` is scratch
 * for `ASIDE` floats.
 *
 * One pass. The loops run over blocks of 4 rows and of 8 columns; the inner loop sums over k in
 * registers. A single row takes blocks of 16 columns.
 */
export function multiplyFolded(
  table: usize,
  x: usize,
  y: usize,
  m: i32,
  k: i32,
  yStep: usize,
  width: i32,
  isOdd: bool,
  aside: usize,
): void {
  const rows = evenCount(m);
  const even = evenCount(k);
  const odd = k - even;
  const end = (<usize>width) << 2;
  for (let row = 0; row < rows; row += 4) {
    const block = table + ((<usize>(row * k)) << 2);
    const count = min(4, rows - row);
    let column: usize = 0;
    // Two or three rows run as four, which is faster. The unused rows are not stored.
    if (count > 1) {
      for (; isWide && column + WIDE_BYTES <= end; column += WIDE_BYTES) {
        fourWideRows(block, x + column, even, odd, y + column, yStep, row, rows, m, isOdd);
      }
      for (; column + 32 <= end; column += 32) {
        fourRows(block, x + column, even, odd, y + column, yStep, row, rows, m, isOdd);
      }
    } else {
      for (; column + 64 <= end; column += 64) {
        oneBySixteen(block, x + column, even, odd, y + column, yStep, row, m, isOdd);
      }
    }
    for (let r = 0; r < count; r++) {
      const a = block + ((<usize>r) << 2);
      let at = column;
      for (; at + 16 <= end; at += 16) {
        oneByFour(a, x + at, even, odd, y + at, yStep, row + r, m, isOdd);
      }
      if (at < end) lastColumns(a, x + at, even, odd, y, at, end, yStep, row + r, m, isOdd, aside);
    }
  }
}

/** Stores a row and its mirror image, from their sum and difference. */
function unfold(
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
function fourRows(
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
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
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
    x += STEP;
    a += 16;
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

/** Computes one row and its mirror image, sixteen columns. */
function oneBySixteen(
  a: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  yStep: usize,
  row: i32,
  m: i32,
  isOdd: bool,
): void {
  let c0 = f32x4.splat(0),
    c1 = f32x4.splat(0),
    c2 = f32x4.splat(0),
    c3 = f32x4.splat(0);
  const evenEnd = a + ((<usize>even) << 4);
  while (a < evenEnd) {
    const value = v128.load32_splat(a);
    c0 = multiplyAdd(value, v128.load(x), c0);
    c1 = multiplyAdd(value, v128.load(x, 16), c1);
    c2 = multiplyAdd(value, v128.load(x, 32), c2);
    c3 = multiplyAdd(value, v128.load(x, 48), c3);
    a += 16;
    x += STEP;
  }
  let d0 = f32x4.splat(0),
    d1 = f32x4.splat(0),
    d2 = f32x4.splat(0),
    d3 = f32x4.splat(0);
  const end = a + ((<usize>odd) << 4);
  while (a < end) {
    const value = v128.load32_splat(a);
    d0 = multiplyAdd(value, v128.load(x), d0);
    d1 = multiplyAdd(value, v128.load(x, 16), d1);
    d2 = multiplyAdd(value, v128.load(x, 32), d2);
    d3 = multiplyAdd(value, v128.load(x, 48), d3);
    a += 16;
    x += STEP;
  }
  unfold(y, yStep, row, m, c0, d0, isOdd);
  unfold(y + 16, yStep, row, m, c1, d1, isOdd);
  unfold(y + 32, yStep, row, m, c2, d2, isOdd);
  unfold(y + 48, yStep, row, m, c3, d3, isOdd);
}

/** Computes one row and its mirror image, four columns. */
function oneByFour(
  a: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  yStep: usize,
  row: i32,
  m: i32,
  isOdd: bool,
): void {
  let sum = f32x4.splat(0),
    difference = f32x4.splat(0);
  for (let p = 0; p < even; p++) {
    sum = multiplyAdd(v128.load32_splat(a), v128.load(x), sum);
    a += 16;
    x += STEP;
  }
  for (let p = 0; p < odd; p++) {
    difference = multiplyAdd(v128.load32_splat(a), v128.load(x), difference);
    a += 16;
    x += STEP;
  }
  unfold(y, yStep, row, m, sum, difference, isOdd);
}

/** Fewer than four columns: computes four columns in `aside`, and copies the valid ones. */
function lastColumns(
  a: usize,
  x: usize,
  even: i32,
  odd: i32,
  y: usize,
  column: usize,
  end: usize,
  yStep: usize,
  row: i32,
  m: i32,
  isOdd: bool,
  aside: usize,
): void {
  // The stride and size let `oneByFour` write the row and its mirror image to the two rows of
  // `aside`.
  oneByFour(a, x, even, odd, aside - <usize>row * 16, 16, row, 2 * row + 1, isOdd);
  memory.copy(y + <usize>row * yStep + column, aside, end - column);
  if (isPaired(row, m)) {
    memory.copy(y + <usize>(m - row) * yStep + column, aside + 16, end - column);
  }
}
