// What one core can do at most, for comparisons: the innermost loop of a product, on data that stays in the
// first-level cache.

import { multiplyAdd } from './multiply-add';

/** Steps over the same few values before they are taken from the start again. */
const STEPS: i32 = 256;

/** The number of steps in a round. */
export function productSteps(): i32 {
  return STEPS;
}

/**
 * `rounds` times 256 steps of a 4×8 block of a matrix product: four numbers of `a` times eight of `x`, 64
 * floating-point operations a step. Both hold 256 steps, 16 and 32 bytes each, and stay as they are; `y` gets
 * the sum.
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
