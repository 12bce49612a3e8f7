// Products of a small matrix with groups of eight or more columns.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { fourBySixteen, isWide, WIDE_BYTES } from '../../wasm/assembly/wide-tile';

/**
 * y [m, block] = a [m, k] · x [k, block], for `groups` groups of `block` columns. `table` is the
 * table of a, in blocks of four rows (see `prepareMatrix`). `block` is a multiple of 8. Steps are
 * in bytes: from one row to the next, and from one group to the next.
 *
 * One pass without scratch. The loops run over blocks of four rows of a, groups, and strips of
 * eight columns; the inner loop sums over k in registers. Unlike `multiply`, it runs two or three
 * rows as four: the waves of a ramp have few rows, and the layer then takes up to a tenth less.
 */
export function groupProduct(
  table: usize,
  m: i32,
  k: i32,
  x: usize,
  xRow: usize,
  xGroup: usize,
  y: usize,
  yRow: usize,
  yGroup: usize,
  groups: i32,
  block: i32,
): void {
  const bytes = (<usize>block) << 2;
  for (let row = 0; row < m; row += 4) {
    const from = table + ((<usize>(row * k)) << 2);
    const end = from + ((<usize>k) << 4);
    const rows = m - row;
    let source = x;
    let target = y + <usize>row * yRow;
    for (let group = 0; group < groups; group++) {
      let at: usize = 0;
      for (; isWide && rows >= 4 && at + WIDE_BYTES <= bytes; at += WIDE_BYTES) {
        fourBySixteen(from, 4, 16, source + at, 32, xRow, target + at, yRow, k, false);
      }
      for (; at < bytes; at += 32) {
        if (rows === 1) oneByEight(from, end, source + at, xRow, target + at);
        else fourByEight(from, end, source + at, xRow, target + at, yRow, rows);
      }
      source += xGroup;
      target += yGroup;
    }
  }
}

/** Four rows, eight columns. Rows from `rows` on are not stored. */
function fourByEight(
  from: usize,
  end: usize,
  x: usize,
  xRow: usize,
  y: usize,
  yRow: usize,
  rows: i32,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  for (let a = from; a < end; a += 16) {
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
    x += xRow;
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  y += yRow;
  v128.store(y, c10);
  v128.store(y, c11, 16);
  if (rows <= 2) return;
  y += yRow;
  v128.store(y, c20);
  v128.store(y, c21, 16);
  if (rows <= 3) return;
  y += yRow;
  v128.store(y, c30);
  v128.store(y, c31, 16);
}

/** One row, eight columns. Two sums a column hide the latency of the additions. */
function oneByEight(from: usize, end: usize, x: usize, xRow: usize, y: usize): void {
  let c0 = f32x4.splat(0),
    c1 = f32x4.splat(0),
    d0 = f32x4.splat(0),
    d1 = f32x4.splat(0);
  let a = from;
  for (; a + 16 < end; a += 32) {
    const value = v128.load32_splat(a);
    c0 = multiplyAdd(value, v128.load(x), c0);
    c1 = multiplyAdd(value, v128.load(x, 16), c1);
    x += xRow;
    const next = v128.load32_splat(a, 16);
    d0 = multiplyAdd(next, v128.load(x), d0);
    d1 = multiplyAdd(next, v128.load(x, 16), d1);
    x += xRow;
  }
  if (a < end) {
    const value = v128.load32_splat(a);
    c0 = multiplyAdd(value, v128.load(x), c0);
    c1 = multiplyAdd(value, v128.load(x, 16), c1);
  }
  v128.store(y, f32x4.add(c0, d0));
  v128.store(y, f32x4.add(c1, d1), 16);
}
