// Products of rows with rows, summed along the rows. Every matrix gradient has this form.

import { multiplyAdd } from './multiply-add';

/**
 * out[i, p] += Σ_c left[i, c] · right[p, c] over `count` columns, for m rows of left and k rows
 * of right. Rows of both are `step` bytes apart, rows of out `outStep` floats.
 *
 * One pass without scratch. The loops run over blocks of 4×2 rows and over the columns, with the
 * sums in registers.
 */
export function addRowProducts(
  left: usize,
  m: i32,
  right: usize,
  k: i32,
  count: i32,
  step: usize,
  out: usize,
  outStep: i32,
): void {
  let row = 0;
  for (; row + 4 <= m; row += 4) {
    const block = left + <usize>row * step;
    const target = out + ((<usize>(row * outStep)) << 2);
    let p = 0;
    for (; p + 2 <= k; p += 2) {
      fourByTwo(block, right + <usize>p * step, target + ((<usize>p) << 2), step, outStep, count);
    }
    for (; p < k; p++) {
      for (let r = 0; r < 4; r++) {
        const product = dot(block + <usize>r * step, right + <usize>p * step, count);
        accumulate(target + ((<usize>(r * outStep + p)) << 2), product);
      }
    }
  }
  for (; row < m; row++) {
    for (let p = 0; p < k; p++) {
      const product = dot(left + <usize>row * step, right + <usize>p * step, count);
      accumulate(out + ((<usize>(row * outStep + p)) << 2), product);
    }
  }
}

/** Adds the products of 4 rows of left with 2 rows of right. */
function fourByTwo(
  left: usize,
  right: usize,
  out: usize,
  step: usize,
  outStep: i32,
  count: i32,
): void {
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
  const next = (<usize>outStep) << 2;
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

/** Adds the lanes of a SIMD sum and the products of the last columns to `out`. */
function finish(out: usize, c: v128, left: usize, right: usize, tail: i32): void {
  let total = horizontalSum(c);
  for (let i = 0; i < tail; i++) {
    total += load<f32>(left + ((<usize>i) << 2)) * load<f32>(right + ((<usize>i) << 2));
  }
  accumulate(out, total);
}

/** Returns the product of one row of left with one row of right. */
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
