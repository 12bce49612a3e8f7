// Products in tiles of four rows and eight columns, for engines that do not join two operations on
// 128 bits (see `wide-tile.ts`).

import { multiplyAdd } from './multiply-add';

/**
 * y [4, 8] = a [4, count] · x [count, 8]. With `isAdded` the product is added to y. The sums stay
 * in registers. Steps are in bytes, as those of `wideProduct`. It is inline, since a call costs
 * more than a short product.
 */
@inline
export function fourByEight(
  a: usize,
  aRow: usize,
  aNext: usize,
  x: usize,
  xNext: usize,
  y: usize,
  yRow: usize,
  count: i32,
  isAdded: bool,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  if (isAdded) {
    c00 = v128.load(y);
    c01 = v128.load(y, 16);
    c10 = v128.load(y + yRow);
    c11 = v128.load(y + yRow, 16);
    c20 = v128.load(y + 2 * yRow);
    c21 = v128.load(y + 2 * yRow, 16);
    c30 = v128.load(y + 3 * yRow);
    c31 = v128.load(y + 3 * yRow, 16);
  }
  const end = a + <usize>count * aNext;
  while (a < end) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const a0 = v128.load32_splat(a);
    c00 = multiplyAdd(a0, x0, c00);
    c01 = multiplyAdd(a0, x1, c01);
    const a1 = v128.load32_splat(a + aRow);
    c10 = multiplyAdd(a1, x0, c10);
    c11 = multiplyAdd(a1, x1, c11);
    const a2 = v128.load32_splat(a + 2 * aRow);
    c20 = multiplyAdd(a2, x0, c20);
    c21 = multiplyAdd(a2, x1, c21);
    const a3 = v128.load32_splat(a + 3 * aRow);
    c30 = multiplyAdd(a3, x0, c30);
    c31 = multiplyAdd(a3, x1, c31);
    x += xNext;
    a += aNext;
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y + yRow, c10);
  v128.store(y + yRow, c11, 16);
  v128.store(y + 2 * yRow, c20);
  v128.store(y + 2 * yRow, c21, 16);
  v128.store(y + 3 * yRow, c30);
  v128.store(y + 3 * yRow, c31, 16);
}
