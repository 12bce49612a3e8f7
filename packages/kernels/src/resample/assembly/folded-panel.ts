// Products with a matrix that has the symmetry a[−i, −p] = ±a[i, p] (indices modulo its
// sides). Every matrix of a real, zero-phase filter has it. Sums and differences of mirrored rows
// of x then give sums and differences of mirrored rows of y, with half of the multiplications.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { evenCount, isPaired, STEP } from '../../wasm/assembly/panel';
import { isWide, WIDE_BYTES } from '../../wasm/assembly/wide-tile';
import { fiveRows, fourRows, unfold } from './folded-narrow-tile';
import { fiveWideRows, fourWideRows } from './folded-wide-tile';

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
 * registers. A single row takes blocks of 16 columns. In a symmetric matrix, row m/2 has no odd
 * half. If m is a multiple of 8, it joins the four rows before it.
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
    const isFive = !isOdd && rows - row === 5 && 2 * row + 8 === m;
    const count = isFive ? 5 : min(4, rows - row);
    let column: usize = 0;
    if (isFive) {
      const fifth = block + ((<usize>k) << 4);
      for (; isWide && column + WIDE_BYTES <= end; column += WIDE_BYTES) {
        fiveWideRows(block, fifth, x + column, even, odd, y + column, yStep, row, m);
      }
      for (; column + 32 <= end; column += 32) {
        fiveRows(block, fifth, x + column, even, odd, y + column, yStep, row, m);
      }
    } else if (count > 1) {
      // Two or three rows run as four, which is faster. The unused rows are not stored.
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
      const a = r < 4 ? block + ((<usize>r) << 2) : block + ((<usize>k) << 4);
      let at = column;
      for (; at + 16 <= end; at += 16) {
        oneByFour(a, x + at, even, odd, y + at, yStep, row + r, m, isOdd);
      }
      if (at < end) lastColumns(a, x + at, even, odd, y, at, end, yStep, row + r, m, isOdd, aside);
    }
    if (isFive) return;
  }
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
