// The peak performance of one core, for comparisons: the inner loop of a matrix product on data in
// the first-level cache.

import { multiplyAdd } from './multiply-add';
import { WIDE_BYTES, wideProduct } from './wide-tile';

/** Steps of a round. Each round reads the same values. */
const STEPS: i32 = 256;

/** The number of steps in a round. */
export function productSteps(): i32 {
  return STEPS;
}

/**
 * Runs `rounds` rounds of 256 steps. A step is one 4×8 block of a matrix product: four values of
 * `a` times eight of `x`, 64 floating-point operations. `a` holds 256 · 4 floats, `x` 256 · 8.
 * The loop keeps the sums in registers, and stores their sum to `y`.
 */
export function productRounds(a: usize, x: usize, y: usize, rounds: i32): void {
  let c0 = f32x4.splat(0),
    c1 = f32x4.splat(0),
    c2 = f32x4.splat(0),
    c3 = f32x4.splat(0),
    c4 = f32x4.splat(0),
    c5 = f32x4.splat(0),
    c6 = f32x4.splat(0),
    c7 = f32x4.splat(0);
  for (let round = 0; round < rounds; round++) {
    let left = a;
    let right = x;
    for (let step = 0; step < STEPS; step++) {
      const x0 = v128.load(right);
      const x1 = v128.load(right, 16);
      const a0 = v128.load32_splat(left, 0);
      c0 = multiplyAdd(a0, x0, c0);
      c1 = multiplyAdd(a0, x1, c1);
      const a1 = v128.load32_splat(left, 4);
      c2 = multiplyAdd(a1, x0, c2);
      c3 = multiplyAdd(a1, x1, c3);
      const a2 = v128.load32_splat(left, 8);
      c4 = multiplyAdd(a2, x0, c4);
      c5 = multiplyAdd(a2, x1, c5);
      const a3 = v128.load32_splat(left, 12);
      c6 = multiplyAdd(a3, x0, c6);
      c7 = multiplyAdd(a3, x1, c7);
      left += 16;
      right += 32;
    }
  }
  v128.store(
    y,
    f32x4.add(
      f32x4.add(f32x4.add(f32x4.add(f32x4.add(f32x4.add(f32x4.add(c0, c1), c2), c3), c4), c5), c6),
      c7,
    ),
  );
}

/** The same with wide tiles, 6×16. `a` holds 256 · 6 floats, `x` 256 · 16, and `y` 6 · 16. */
export function wideRounds(a: usize, x: usize, y: usize, rounds: i32): void {
  for (let round = 0; round < rounds; round++) {
    wideProduct(a, 4, 24, x, 32, WIDE_BYTES, y, WIDE_BYTES, 6, STEPS, false);
  }
}
