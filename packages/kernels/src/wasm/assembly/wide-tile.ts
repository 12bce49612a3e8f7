// Products in tiles of sixteen columns, for engines that join two operations on 128 bits into one
// on 256 bits (V8 with AVX2 and `--experimental-wasm-revectorize`).
//
// A core starts two multiply-adds per cycle, and each takes four cycles. So it needs eight sums in
// registers to be busy. A joined tile of 4×8 has four, 4×16 eight, and 6×16 twelve. Not joined, 4×8
// has eight, and the others have more than there are registers. So `setWideTiles` chooses, after a
// measurement. All tiles sum a value in the same order, so the choice does not change the numbers.

import { multiplyAdd } from './multiply-add';

/** Bytes of the columns of a wide tile. */
export const WIDE_BYTES: usize = 64;

/** Whether products of sixteen or more columns run in wide tiles. */
export let isWide: bool = false;

/** Chooses wide tiles for all kernels of this module. */
export function setWideTiles(on: bool): void {
  isWide = on;
}

/**
 * y [rows, 16] = a [rows, count] · x [count, 16]. With `isAdded` the product is added to y. `rows`
 * is 0 or at least 4, and with `isAdded` a multiple of 4.
 *
 * Steps are in bytes: from one row of a to the next (`aRow`) and from one column (`aNext`), from
 * one row of x (`xNext`) and from its first eight columns to the others (`half`), and from one row
 * of y (`yRow`). The loop runs over tiles of six and of four rows. If the rows cannot be divided
 * into these, the last tile overlaps the one before it.
 */
export function wideProduct(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  half: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  rows: i32,
  count: i32,
  isAdded: bool,
): void {
  for (let row = 0; row < rows; ) {
    const tile = wideRows(row, rows);
    const from = <usize>min(row, rows - tile);
    const source = a + from * aRow;
    const target = y + from * yRow;
    if (tile === 4) {
      fourBySixteen(source, aRow, aNext, x, half, xNext, target, yRow, count, isAdded);
    } else if (isAdded) addSix(source, aRow, aNext, x, half, xNext, target, yRow, count);
    else startSix(source, aRow, aNext, x, half, xNext, target, yRow, count);
    row += tile;
  }
}

/** The number of rows in the tile that begins at `row`: six, or four if that fits better. */
export function wideRows(row: i32, rows: i32): i32 {
  const left = rows - row;
  return rows < 6 || left <= 4 || left === 7 || left === 8 ? 4 : 6;
}

/** Six rows. With a constant `isAdded`, all sums stay in registers. */
function startSix(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  half: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  count: i32,
): void {
  sixBySixteen(a, aRow, aNext, x, half, xNext, y, yRow, count, false);
}

function addSix(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  half: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  count: i32,
): void {
  sixBySixteen(a, aRow, aNext, x, half, xNext, y, yRow, count, true);
}

@inline
function sixBySixteen(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  half: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  count: i32,
  isAdded: bool,
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
  let c50 = f32x4.splat(0),
    c51 = f32x4.splat(0),
    c52 = f32x4.splat(0),
    c53 = f32x4.splat(0);
  if (isAdded) {
    c00 = v128.load(y);
    c01 = v128.load(y, 16);
    c02 = v128.load(y, 32);
    c03 = v128.load(y, 48);
    c10 = v128.load(y + yRow);
    c11 = v128.load(y + yRow, 16);
    c12 = v128.load(y + yRow, 32);
    c13 = v128.load(y + yRow, 48);
    c20 = v128.load(y + 2 * yRow);
    c21 = v128.load(y + 2 * yRow, 16);
    c22 = v128.load(y + 2 * yRow, 32);
    c23 = v128.load(y + 2 * yRow, 48);
    c30 = v128.load(y + 3 * yRow);
    c31 = v128.load(y + 3 * yRow, 16);
    c32 = v128.load(y + 3 * yRow, 32);
    c33 = v128.load(y + 3 * yRow, 48);
    c40 = v128.load(y + 4 * yRow);
    c41 = v128.load(y + 4 * yRow, 16);
    c42 = v128.load(y + 4 * yRow, 32);
    c43 = v128.load(y + 4 * yRow, 48);
    c50 = v128.load(y + 5 * yRow);
    c51 = v128.load(y + 5 * yRow, 16);
    c52 = v128.load(y + 5 * yRow, 32);
    c53 = v128.load(y + 5 * yRow, 48);
  }
  const end = a + <usize>count * aNext;
  while (a < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x + half);
    const x3 = v128.load(x + half, 16);
    const a0 = v128.load32_splat(a);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    c02 = multiplyAdd(a0, x2, c02);
    c03 = multiplyAdd(a0, x3, c03);
    const a1 = v128.load32_splat(a + aRow);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    c12 = multiplyAdd(a1, x2, c12);
    c13 = multiplyAdd(a1, x3, c13);
    const a2 = v128.load32_splat(a + 2 * aRow);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    c22 = multiplyAdd(a2, x2, c22);
    c23 = multiplyAdd(a2, x3, c23);
    const a3 = v128.load32_splat(a + 3 * aRow);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    c32 = multiplyAdd(a3, x2, c32);
    c33 = multiplyAdd(a3, x3, c33);
    const a4 = v128.load32_splat(a + 4 * aRow);
    c40 = multiplyAdd(a4, x0, c40);
    c41 = multiplyAdd(a4, x1, c41);
    c42 = multiplyAdd(a4, x2, c42);
    c43 = multiplyAdd(a4, x3, c43);
    const a5 = v128.load32_splat(a + 5 * aRow);
    c50 = multiplyAdd(a5, x0, c50);
    c51 = multiplyAdd(a5, x1, c51);
    c52 = multiplyAdd(a5, x2, c52);
    c53 = multiplyAdd(a5, x3, c53);
    a += aNext;
    x += xNext;
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y, c02, 32);
  v128.store(y, c03, 48);
  v128.store(y + yRow, c10);
  v128.store(y + yRow, c11, 16);
  v128.store(y + yRow, c12, 32);
  v128.store(y + yRow, c13, 48);
  v128.store(y + 2 * yRow, c20);
  v128.store(y + 2 * yRow, c21, 16);
  v128.store(y + 2 * yRow, c22, 32);
  v128.store(y + 2 * yRow, c23, 48);
  v128.store(y + 3 * yRow, c30);
  v128.store(y + 3 * yRow, c31, 16);
  v128.store(y + 3 * yRow, c32, 32);
  v128.store(y + 3 * yRow, c33, 48);
  v128.store(y + 4 * yRow, c40);
  v128.store(y + 4 * yRow, c41, 16);
  v128.store(y + 4 * yRow, c42, 32);
  v128.store(y + 4 * yRow, c43, 48);
  v128.store(y + 5 * yRow, c50);
  v128.store(y + 5 * yRow, c51, 16);
  v128.store(y + 5 * yRow, c52, 32);
  v128.store(y + 5 * yRow, c53, 48);
}

/** Four rows. */
export function fourBySixteen(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  half: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  count: i32,
  isAdded: bool,
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
  if (isAdded) {
    c00 = v128.load(y);
    c01 = v128.load(y, 16);
    c02 = v128.load(y, 32);
    c03 = v128.load(y, 48);
    c10 = v128.load(y + yRow);
    c11 = v128.load(y + yRow, 16);
    c12 = v128.load(y + yRow, 32);
    c13 = v128.load(y + yRow, 48);
    c20 = v128.load(y + 2 * yRow);
    c21 = v128.load(y + 2 * yRow, 16);
    c22 = v128.load(y + 2 * yRow, 32);
    c23 = v128.load(y + 2 * yRow, 48);
    c30 = v128.load(y + 3 * yRow);
    c31 = v128.load(y + 3 * yRow, 16);
    c32 = v128.load(y + 3 * yRow, 32);
    c33 = v128.load(y + 3 * yRow, 48);
  }
  const end = a + <usize>count * aNext;
  while (a < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x + half);
    const x3 = v128.load(x + half, 16);
    const a0 = v128.load32_splat(a);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    c02 = multiplyAdd(a0, x2, c02);
    c03 = multiplyAdd(a0, x3, c03);
    const a1 = v128.load32_splat(a + aRow);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    c12 = multiplyAdd(a1, x2, c12);
    c13 = multiplyAdd(a1, x3, c13);
    const a2 = v128.load32_splat(a + 2 * aRow);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    c22 = multiplyAdd(a2, x2, c22);
    c23 = multiplyAdd(a2, x3, c23);
    const a3 = v128.load32_splat(a + 3 * aRow);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    c32 = multiplyAdd(a3, x2, c32);
    c33 = multiplyAdd(a3, x3, c33);
    a += aNext;
    x += xNext;
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y, c02, 32);
  v128.store(y, c03, 48);
  v128.store(y + yRow, c10);
  v128.store(y + yRow, c11, 16);
  v128.store(y + yRow, c12, 32);
  v128.store(y + yRow, c13, 48);
  v128.store(y + 2 * yRow, c20);
  v128.store(y + 2 * yRow, c21, 16);
  v128.store(y + 2 * yRow, c22, 32);
  v128.store(y + 2 * yRow, c23, 48);
  v128.store(y + 3 * yRow, c30);
  v128.store(y + 3 * yRow, c31, 16);
  v128.store(y + 3 * yRow, c32, 32);
  v128.store(y + 3 * yRow, c33, 48);
}
