// y_b = a · x_b for a small matrix a [m, k] and a batch of x_b [k, n]: both stages of `resample`, and
// with a transposed copy of a their gradient. Blocks of rows reduce only over the columns in which a
// is not 0, so that banded matrices cost their bands.

import { multiplyAdd } from './multiply-add';

/** Columns of x that are packed together: k rows of them stay in the first-level cache. */
const PANEL: i32 = 32;

/**
 * y [batch, m, n] = a [m, k] · x [batch, k, n]. `scratch` holds k · 32 floats: rows of x lie n floats
 * apart, which for powers of two fall into one cache set, so each panel is first copied together.
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
  for (let b = 0; b < batch; b++) {
    const source = x + ((<usize>b * k * n) << 2);
    const target = y + ((<usize>b * m * n) << 2);
    let column = 0;
    for (; column + PANEL <= n; column += PANEL) {
      pack(source + ((<usize>column) << 2), scratch, k, n);
      multiplyPanel(a, scratch, target + ((<usize>column) << 2), m, k, PANEL, n, PANEL);
    }
    if (column < n) {
      multiplyPanel(
        a,
        source + ((<usize>column) << 2),
        target + ((<usize>column) << 2),
        m,
        k,
        n,
        n,
        n - column,
      );
    }
  }
}

function pack(source: usize, target: usize, k: i32, n: i32): void {
  for (let p = 0; p < k; p++) {
    const from = source + ((<usize>p * n) << 2);
    const to = target + ((<usize>p * PANEL) << 2);
    for (let at: usize = 0; at < (<usize>PANEL) << 2; at += 16)
      v128.store(to + at, v128.load(from + at));
  }
}

/** The first column of a with a value other than 0 in `count` rows; 0 if there is none. */
function bandStart(a: usize, aStep: usize, count: i32, k: i32): i32 {
  for (let p = 0; p < k; p++) {
    for (let r: usize = 0; r < <usize>count; r++) {
      if (load<f32>(a + r * aStep + ((<usize>p) << 2)) !== 0) return p;
    }
  }
  return 0;
}

/** One past the last such column; 0 if there is none. */
function bandEnd(a: usize, aStep: usize, count: i32, k: i32): i32 {
  for (let p = k - 1; p >= 0; p--) {
    for (let r: usize = 0; r < <usize>count; r++) {
      if (load<f32>(a + r * aStep + ((<usize>p) << 2)) !== 0) return p + 1;
    }
  }
  return 0;
}

/** `columns` columns of the product; rows of x and y lie `xStride` and `yStride` floats apart. */
function multiplyPanel(
  a: usize,
  x: usize,
  y: usize,
  m: i32,
  k: i32,
  xStride: i32,
  yStride: i32,
  columns: i32,
): void {
  const xStep = (<usize>xStride) << 2;
  const yStep = (<usize>yStride) << 2;
  const aStep = (<usize>k) << 2;
  let row = 0;
  for (; row + 4 <= m; row += 4) {
    const first = bandStart(a + <usize>row * aStep, aStep, 4, k);
    const band = bandEnd(a + <usize>row * aStep, aStep, 4, k) - first;
    const rows = a + <usize>row * aStep + ((<usize>first) << 2);
    const source = x + <usize>first * xStep;
    const out = y + <usize>row * yStep;
    let column: usize = 0;
    const end = (<usize>columns) << 2;
    for (; column + 32 <= end; column += 32) {
      let c00 = f32x4.splat(0),
        c01 = f32x4.splat(0),
        c10 = f32x4.splat(0),
        c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0),
        c21 = f32x4.splat(0),
        c30 = f32x4.splat(0),
        c31 = f32x4.splat(0);
      let at = source + column;
      let coefficient = rows;
      for (let p = 0; p < band; p++) {
        const x0 = v128.load(at);
        const x1 = v128.load(at, 16);
        const a0 = v128.load32_splat(coefficient);
        c00 = multiplyAdd(a0, x0, c00);
        c01 = multiplyAdd(a0, x1, c01);
        const a1 = v128.load32_splat(coefficient + aStep);
        c10 = multiplyAdd(a1, x0, c10);
        c11 = multiplyAdd(a1, x1, c11);
        const a2 = v128.load32_splat(coefficient + 2 * aStep);
        c20 = multiplyAdd(a2, x0, c20);
        c21 = multiplyAdd(a2, x1, c21);
        const a3 = v128.load32_splat(coefficient + 3 * aStep);
        c30 = multiplyAdd(a3, x0, c30);
        c31 = multiplyAdd(a3, x1, c31);
        at += xStep;
        coefficient += 4;
      }
      const o = out + column;
      v128.store(o, c00);
      v128.store(o, c01, 16);
      v128.store(o + yStep, c10);
      v128.store(o + yStep, c11, 16);
      v128.store(o + 2 * yStep, c20);
      v128.store(o + 2 * yStep, c21, 16);
      v128.store(o + 3 * yStep, c30);
      v128.store(o + 3 * yStep, c31, 16);
    }
    for (; column + 16 <= end; column += 16) {
      for (let r: usize = 0; r < 4; r++) {
        oneByFour(rows + r * aStep, source + column, out + r * yStep + column, band, xStep);
      }
    }
    for (; column < end; column += 4) {
      for (let r: usize = 0; r < 4; r++) {
        oneByOne(rows + r * aStep, source + column, out + r * yStep + column, band, xStep);
      }
    }
  }
  for (; row < m; row++) {
    const rows = a + <usize>row * aStep;
    const out = y + <usize>row * yStep;
    let column: usize = 0;
    const end = (<usize>columns) << 2;
    for (; column + 16 <= end; column += 16) oneByFour(rows, x + column, out + column, k, xStep);
    for (; column < end; column += 4) oneByOne(rows, x + column, out + column, k, xStep);
  }
}

function oneByFour(a: usize, x: usize, y: usize, k: i32, xStep: usize): void {
  let c = f32x4.splat(0);
  for (let p = 0; p < k; p++) {
    c = multiplyAdd(v128.load32_splat(a), v128.load(x), c);
    a += 4;
    x += xStep;
  }
  v128.store(y, c);
}

function oneByOne(a: usize, x: usize, y: usize, k: i32, xStep: usize): void {
  let c: f32 = 0;
  for (let p = 0; p < k; p++) {
    c += load<f32>(a) * load<f32>(x);
    a += 4;
    x += xStep;
  }
  store<f32>(y, c);
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
    const upstream = dy + <usize>b * m * step;
    const source = x + <usize>b * k * step;
    for (let start = 0; start < n; start += CHUNK) {
      const count = min(CHUNK, n - start);
      const offset = (<usize>start) << 2;
      let row = 0;
      for (; row + 4 <= m; row += 4) {
        const left = upstream + <usize>row * step + offset;
        let p = 0;
        for (; p + 2 <= k; p += 2) {
          fourByTwo(
            left,
            source + <usize>p * step + offset,
            da + ((<usize>(row * k + p)) << 2),
            step,
            k,
            count,
          );
        }
        for (; p < k; p++) {
          const right = source + <usize>p * step + offset;
          for (let r = 0; r < 4; r++) {
            accumulate(
              da + ((<usize>((row + r) * k + p)) << 2),
              dot(left + <usize>r * step, right, count),
            );
          }
        }
      }
      for (; row < m; row++) {
        const left = upstream + <usize>row * step + offset;
        for (let p = 0; p < k; p++) {
          accumulate(
            da + ((<usize>(row * k + p)) << 2),
            dot(left, source + <usize>p * step + offset, count),
          );
        }
      }
    }
  }
}

function fourByTwo(left: usize, right: usize, out: usize, step: usize, k: i32, count: i32): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  let at: usize = 0;
  const whole = (<usize>(count & ~3)) << 2;
  for (; at < whole; at += 16) {
    const x0 = v128.load(right + at);
    const x1 = v128.load(right + step + at);
    const d0 = v128.load(left + at);
    c00 = multiplyAdd(d0, x0, c00);
    c01 = multiplyAdd(d0, x1, c01);
    const d1 = v128.load(left + step + at);
    c10 = multiplyAdd(d1, x0, c10);
    c11 = multiplyAdd(d1, x1, c11);
    const d2 = v128.load(left + 2 * step + at);
    c20 = multiplyAdd(d2, x0, c20);
    c21 = multiplyAdd(d2, x1, c21);
    const d3 = v128.load(left + 3 * step + at);
    c30 = multiplyAdd(d3, x0, c30);
    c31 = multiplyAdd(d3, x1, c31);
  }
  const next = (<usize>k) << 2;
  const tail = count & 3;
  finish(out, c00, left + at, right + at, tail);
  finish(out + 4, c01, left + at, right + step + at, tail);
  finish(out + next, c10, left + step + at, right + at, tail);
  finish(out + next + 4, c11, left + step + at, right + step + at, tail);
  finish(out + 2 * next, c20, left + 2 * step + at, right + at, tail);
  finish(out + 2 * next + 4, c21, left + 2 * step + at, right + step + at, tail);
  finish(out + 3 * next, c30, left + 3 * step + at, right + at, tail);
  finish(out + 3 * next + 4, c31, left + 3 * step + at, right + step + at, tail);
}

function finish(out: usize, c: v128, left: usize, right: usize, tail: i32): void {
  let total = horizontalSum(c);
  for (let i = 0; i < tail; i++) {
    total += load<f32>(left + ((<usize>i) << 2)) * load<f32>(right + ((<usize>i) << 2));
  }
  accumulate(out, total);
}

function dot(left: usize, right: usize, count: i32): f32 {
  let c = f32x4.splat(0);
  let at: usize = 0;
  const whole = (<usize>(count & ~3)) << 2;
  for (; at < whole; at += 16) {
    c = multiplyAdd(v128.load(left + at), v128.load(right + at), c);
  }
  let total = horizontalSum(c);
  const end = (<usize>count) << 2;
  for (; at < end; at += 4) total += load<f32>(left + at) * load<f32>(right + at);
  return total;
}

function accumulate(out: usize, value: f32): void {
  store<f32>(out, load<f32>(out) + value);
}

function horizontalSum(c: v128): f32 {
  return (
    f32x4.extract_lane(c, 0) +
    f32x4.extract_lane(c, 1) +
    (f32x4.extract_lane(c, 2) + f32x4.extract_lane(c, 3))
  );
}
