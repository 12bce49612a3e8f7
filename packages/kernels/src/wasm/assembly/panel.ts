// Products of a small matrix and a panel. A panel is a copy of k rows of up to 64 columns. The copy
// is contiguous, so it fits in the first-level cache.

import { multiplyAdd } from './multiply-add';
import { fourByEight } from './narrow-tile';
import { fourBySixteen, isWide } from './wide-tile';

/** Columns of a panel. */
export const PANEL: i32 = 64;
/** Bytes from one row of a panel to the next. */
export const STEP: usize = 256;

/** The largest number of floats that `aligned` skips. */
export const ALIGNMENT: i32 = 15;

/** Rounds an address up to a cache line. Loads that cross two lines cost twice. */
export function aligned(address: usize): usize {
  return (address + 63) & ~63;
}

/** The number of floats in the table of an [m, k] matrix. */
export function tableFloats(m: i32, k: i32): f64 {
  return <f64>((m + 3) & ~3) * <f64>k;
}

/** The number of rows in the even half of n rows: 0 … n/2. The odd half has the other rows. */
export function evenCount(n: i32): i32 {
  return (n >> 1) + 1;
}

/** Whether a row of m rows differs from its mirror image. */
export function isPaired(row: i32, m: i32): bool {
  return row !== 0 && 2 * row !== m;
}

/**
 * Copies `count` rows of `width` floats. Source rows are `from` bytes apart, target rows `to`
 * bytes.
 */
export function pack(
  source: usize,
  from: usize,
  count: i32,
  width: i32,
  target: usize,
  to: usize,
): void {
  const bytes = (<usize>width) << 2;
  const whole = bytes & ~15;
  for (let p = 0; p < count; p++) {
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(target + at, v128.load(source + at));
    for (; at < bytes; at += 4) store<f32>(target + at, load<f32>(source + at));
    source += from;
    target += to;
  }
}

/**
 * The same, folded. Row p and its mirror image n − p become their sum, in the even half, and
 * their difference, in the odd half after it. Rows 0 and n/2 are their own mirror images, and are
 * copied.
 */
export function packFolded(
  source: usize,
  from: usize,
  count: i32,
  width: i32,
  target: usize,
  to: usize,
): void {
  const bytes = (<usize>width) << 2;
  const whole = bytes & ~15;
  const even = evenCount(count);
  for (let p = 0; p < even; p++) {
    const row = source + <usize>p * from;
    const sum = target + <usize>p * to;
    if (p === 0 || 2 * p === count) {
      pack(row, from, 1, width, sum, to);
      continue;
    }
    const mirrored = source + <usize>(count - p) * from;
    const difference = target + <usize>(even + p - 1) * to;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const a = v128.load(row + at);
      const b = v128.load(mirrored + at);
      v128.store(sum + at, f32x4.add(a, b));
      v128.store(difference + at, f32x4.sub(a, b));
    }
    for (; at < bytes; at += 4) {
      const a = load<f32>(row + at);
      const b = load<f32>(mirrored + at);
      store<f32>(sum + at, a + b);
      store<f32>(difference + at, a - b);
    }
  }
}

/**
 * Converts a matrix [m, k] to the table that the products read: blocks of four rows, [m/4, k, 4],
 * with zeros after the last row. Values are multiplied by `scale`. With `isFolded` the table fits
 * folded panels: it holds `(a[i,p] ± a[i,k−p])/2`, sums first. Steps are in bytes; exchanged
 * steps transpose the matrix.
 */
export function prepareMatrix(
  a: usize,
  rowStep: usize,
  columnStep: usize,
  m: i32,
  k: i32,
  isFolded: bool,
  scale: f32,
  table: usize,
): void {
  memory.fill(table, 0, (<usize>tableFloats(m, k)) << 2);
  const even = evenCount(k);
  for (let i = 0; i < m; i++) {
    const row = a + <usize>i * rowStep;
    const target = table + ((<usize>((i >> 2) * k)) << 4) + ((<usize>(i & 3)) << 2);
    const count = isFolded ? even : k;
    for (let p = 0; p < count; p++) {
      const value = scale * load<f32>(row + <usize>p * columnStep);
      const at = target + ((<usize>p) << 4);
      if (!isFolded || p === 0 || 2 * p === k) {
        store<f32>(at, value);
        continue;
      }
      const mirrored = scale * load<f32>(row + <usize>(k - p) * columnStep);
      store<f32>(at, (value + mirrored) * 0.5);
      store<f32>(at + ((<usize>(even - 1)) << 4), (value - mirrored) * 0.5);
    }
  }
}

/** Returns the first column of a block that is not zero, or k if there is none. */
function bandStart(block: usize, k: i32): i32 {
  let p = 0;
  while (p < k && !v128.any_true(v128.load(block + ((<usize>p) << 4)))) p++;
  return p;
}

/** Returns the column after the last one that is not zero, from `start` on. */
function bandEnd(block: usize, start: i32, k: i32): i32 {
  let p = k;
  while (p > start && !v128.any_true(v128.load(block + ((<usize>(p - 1)) << 4)))) p--;
  return p;
}

/**
 * y [m, width] = a [m, k] · x [k, width], from the table of a. With `isAdded` the product is added
 * to y. Rows of x are `xStep` bytes apart, rows of y `yStep` bytes.
 *
 * One pass without scratch, over blocks of four rows. A block sums over the band of columns in
 * which a is not 0, so the cost of a banded matrix grows with its band. NaN or ∞ in a row of x
 * reaches only the blocks whose band includes that row.
 */
export function multiply(
  table: usize,
  x: usize,
  y: usize,
  m: i32,
  k: i32,
  xStep: usize,
  yStep: usize,
  width: i32,
  isAdded: bool,
): void {
  const end = (<usize>width) << 2;
  for (let row = 0; row < m; row += 4) {
    const block = table + ((<usize>(row * k)) << 2);
    const first = bandStart(block, k);
    const band = bandEnd(block, first, k) - first;
    const a = block + ((<usize>first) << 4);
    const source = x + <usize>first * xStep;
    const out = y + <usize>row * yStep;
    multiplyBlock(a, source, xStep, out, yStep, min(4, m - row), band, end, isAdded);
  }
}

/** The same, summed over all columns. As in any matrix product, 0 · NaN and 0 · ∞ are NaN. */
export function multiplyWhole(
  table: usize,
  x: usize,
  y: usize,
  m: i32,
  k: i32,
  xStep: usize,
  yStep: usize,
  width: i32,
): void {
  const end = (<usize>width) << 2;
  for (let row = 0; row < m; row += 4) {
    const block = table + ((<usize>(row * k)) << 2);
    const out = y + <usize>row * yStep;
    multiplyBlock(block, x, xStep, out, yStep, min(4, m - row), k, end, false);
  }
}

/**
 * Computes up to four rows of a product, `end` bytes wide. Each value sums `k` terms in registers.
 */
function multiplyBlock(
  a: usize,
  x: usize,
  xStep: usize,
  y: usize,
  yStep: usize,
  rows: i32,
  k: i32,
  end: usize,
  isAdded: bool,
): void {
  let column: usize = 0;
  if (rows === 4) {
    for (; isWide && column + 64 <= end; column += 64) {
      const from = x + column;
      fourBySixteen(a, 4, 16, from, 32, xStep, y + column, yStep, k, isAdded);
    }
    for (; column + 32 <= end; column += 32) {
      fourByEight(a, 4, 16, x + column, xStep, y + column, yStep, k, isAdded);
    }
  }
  for (let r: usize = 0; r < <usize>rows; r++) {
    const left = a + (r << 2);
    oneRow(left, x + column, xStep, y + r * yStep + column, k, end - column, isAdded);
  }
}

/** Computes one row of a block, `bytes` wide. */
function oneRow(
  a: usize,
  x: usize,
  xStep: usize,
  y: usize,
  k: i32,
  bytes: usize,
  isAdded: bool,
): void {
  let column: usize = 0;
  for (; column + 128 <= bytes; column += 128) {
    oneByThirtyTwo(a, x + column, xStep, y + column, k, isAdded);
  }
  for (; column + 16 <= bytes; column += 16) {
    oneByFour(a, x + column, xStep, y + column, k, isAdded);
  }
  for (; column < bytes; column += 4) oneByOne(a, x + column, xStep, y + column, k, isAdded);
}

function oneByThirtyTwo(a: usize, x: usize, xStep: usize, y: usize, k: i32, isAdded: bool): void {
  let c0 = f32x4.splat(0),
    c1 = f32x4.splat(0),
    c2 = f32x4.splat(0),
    c3 = f32x4.splat(0);
  let c4 = f32x4.splat(0),
    c5 = f32x4.splat(0),
    c6 = f32x4.splat(0),
    c7 = f32x4.splat(0);
  if (isAdded) {
    c0 = v128.load(y);
    c1 = v128.load(y, 16);
    c2 = v128.load(y, 32);
    c3 = v128.load(y, 48);
    c4 = v128.load(y, 64);
    c5 = v128.load(y, 80);
    c6 = v128.load(y, 96);
    c7 = v128.load(y, 112);
  }
  const end = a + ((<usize>k) << 4);
  while (a < end) {
    const value = v128.load32_splat(a);
    c0 = multiplyAdd(value, v128.load(x), c0);
    c1 = multiplyAdd(value, v128.load(x, 16), c1);
    c2 = multiplyAdd(value, v128.load(x, 32), c2);
    c3 = multiplyAdd(value, v128.load(x, 48), c3);
    c4 = multiplyAdd(value, v128.load(x, 64), c4);
    c5 = multiplyAdd(value, v128.load(x, 80), c5);
    c6 = multiplyAdd(value, v128.load(x, 96), c6);
    c7 = multiplyAdd(value, v128.load(x, 112), c7);
    a += 16;
    x += xStep;
  }
  v128.store(y, c0);
  v128.store(y, c1, 16);
  v128.store(y, c2, 32);
  v128.store(y, c3, 48);
  v128.store(y, c4, 64);
  v128.store(y, c5, 80);
  v128.store(y, c6, 96);
  v128.store(y, c7, 112);
}

function oneByFour(a: usize, x: usize, xStep: usize, y: usize, k: i32, isAdded: bool): void {
  let c = isAdded ? v128.load(y) : f32x4.splat(0);
  for (let p = 0; p < k; p++) {
    c = multiplyAdd(v128.load32_splat(a), v128.load(x), c);
    a += 16;
    x += xStep;
  }
  v128.store(y, c);
}

function oneByOne(a: usize, x: usize, xStep: usize, y: usize, k: i32, isAdded: bool): void {
  let c: f32 = isAdded ? load<f32>(y) : 0;
  for (let p = 0; p < k; p++) {
    c += load<f32>(a) * load<f32>(x);
    a += 16;
    x += xStep;
  }
  store<f32>(y, c);
}
