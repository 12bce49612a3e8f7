/** Values at a time: 16 results fill a vector of bytes. */
const BLOCK: i32 = 16;

/** a > b, a ≥ b, a = b or a ≠ b, as bits of each value. */
function outcome(op: i32, a: v128, b: v128): v128 {
  if (op === 0) return f32x4.gt(a, b);
  if (op === 1) return f32x4.ge(a, b);
  if (op === 2) return f32x4.eq(a, b);
  return f32x4.ne(a, b);
}

/** The operand at an address, or its only value. */
function operand(address: usize, only: v128, isOne: bool): v128 {
  return isOne ? only : v128.load(address);
}

/**
 * y = a op b, as bytes 0 or 1. An operand with `isOne` has one value for all. `op` is 0 for >, 1
 * for ≥, 2 for = and 3 for ≠. One pass without scratch, 16 values at a time.
 */
export function compare(
  a: usize,
  b: usize,
  y: usize,
  count: i32,
  isOneA: bool,
  isOneB: bool,
  op: i32,
): void {
  const onlyA = v128.load32_splat(a);
  const onlyB = v128.load32_splat(b);
  const one = i8x16.splat(1);
  let i = 0;
  for (; i <= count - BLOCK; i += BLOCK) {
    const u = a + ((<usize>i) << 2);
    const v = b + ((<usize>i) << 2);
    const r0 = outcome(op, operand(u, onlyA, isOneA), operand(v, onlyB, isOneB));
    const r1 = outcome(op, operand(u + 16, onlyA, isOneA), operand(v + 16, onlyB, isOneB));
    const r2 = outcome(op, operand(u + 32, onlyA, isOneA), operand(v + 32, onlyB, isOneB));
    const r3 = outcome(op, operand(u + 48, onlyA, isOneA), operand(v + 48, onlyB, isOneB));
    const low = i16x8.narrow_i32x4_s(r0, r1);
    const high = i16x8.narrow_i32x4_s(r2, r3);
    v128.store(y + i, v128.and(i8x16.narrow_i16x8_s(low, high), one));
  }
  for (; i < count; i++) {
    const u = isOneA ? onlyA : v128.load32_splat(a + ((<usize>i) << 2));
    const v = isOneB ? onlyB : v128.load32_splat(b + ((<usize>i) << 2));
    store<u8>(y + i, <u8>(i32x4.extract_lane(outcome(op, u, v), 0) & 1));
  }
}

/**
 * y = max(a, b), or min(a, b). NaN stays NaN. An operand with `isOne` has one value for all. One
 * pass without scratch, four values at a time.
 */
export function extreme(
  a: usize,
  b: usize,
  y: usize,
  count: i32,
  isOneA: bool,
  isOneB: bool,
  isLargest: bool,
): void {
  const onlyA = v128.load32_splat(a);
  const onlyB = v128.load32_splat(b);
  const whole = (<usize>(count & ~3)) << 2;
  const end = (<usize>count) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const u = operand(a + at, onlyA, isOneA);
    const v = operand(b + at, onlyB, isOneB);
    v128.store(y + at, isLargest ? f32x4.max(u, v) : f32x4.min(u, v));
  }
  for (; at < end; at += 4) {
    const u = isOneA ? load<f32>(a) : load<f32>(a + at);
    const v = isOneB ? load<f32>(b) : load<f32>(b + at);
    store<f32>(y + at, isLargest ? max<f32>(u, v) : min<f32>(u, v));
  }
}
