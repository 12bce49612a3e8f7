// Products in tiles of four rows and eight columns, for engines that do not join two operations on
// 128 bits (see `wide-tile.ts`).

import { multiplyAdd } from './multiply-add';

/**
 * out [4, 8] += x [count, 4]ᵀ · d [count, 8]. Rows are so many bytes apart. The sums stay in
 * registers. It is inline, since a call costs more than a short product.
 */
@inline
export function fourByEight(
  x: usize,
  d: usize,
  out: usize,
  count: i32,
  xStep: usize,
  dStep: usize,
  outStep: usize,
): void {
  let c00 = v128.load(out),
    c01 = v128.load(out, 16),
    c10 = v128.load(out + outStep),
    c11 = v128.load(out + outStep, 16),
    c20 = v128.load(out + 2 * outStep),
    c21 = v128.load(out + 2 * outStep, 16),
    c30 = v128.load(out + 3 * outStep),
    c31 = v128.load(out + 3 * outStep, 16);
  for (let t = 0; t < count; t++) {
    const d0 = v128.load(d);
    const d1 = v128.load(d, 16);
    const x0 = v128.load32_splat(x);
    c00 = multiplyAdd(x0, d0, c00);
    c01 = multiplyAdd(x0, d1, c01);
    const x1 = v128.load32_splat(x, 4);
    c10 = multiplyAdd(x1, d0, c10);
    c11 = multiplyAdd(x1, d1, c11);
    const x2 = v128.load32_splat(x, 8);
    c20 = multiplyAdd(x2, d0, c20);
    c21 = multiplyAdd(x2, d1, c21);
    const x3 = v128.load32_splat(x, 12);
    c30 = multiplyAdd(x3, d0, c30);
    c31 = multiplyAdd(x3, d1, c31);
    x += xStep;
    d += dStep;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  v128.store(out + outStep, c10);
  v128.store(out + outStep, c11, 16);
  v128.store(out + 2 * outStep, c20);
  v128.store(out + 2 * outStep, c21, 16);
  v128.store(out + 3 * outStep, c30);
  v128.store(out + 3 * outStep, c31, 16);
}
