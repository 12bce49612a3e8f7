/**
 * y = t where the byte of `condition` is not 0, else e. The values have four bytes. One pass
 * without scratch, 16 values at a time.
 */
export function select(condition: usize, t: usize, e: usize, y: usize, count: i32): void {
  const zero = i8x16.splat(0);
  let i = 0;
  for (; i <= count - 16; i += 16) {
    const isTrue = i8x16.ne(v128.load(condition + i), zero);
    const low = i16x8.extend_low_i8x16_s(isTrue);
    const high = i16x8.extend_high_i8x16_s(isTrue);
    const at = (<usize>i) << 2;
    choose(t + at, e + at, y + at, i32x4.extend_low_i16x8_s(low));
    choose(t + at + 16, e + at + 16, y + at + 16, i32x4.extend_high_i16x8_s(low));
    choose(t + at + 32, e + at + 32, y + at + 32, i32x4.extend_low_i16x8_s(high));
    choose(t + at + 48, e + at + 48, y + at + 48, i32x4.extend_high_i16x8_s(high));
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2;
    store<u32>(y + at, load<u32>((load<u8>(condition + i) !== 0 ? t : e) + at));
  }
}

function choose(t: usize, e: usize, y: usize, isTrue: v128): void {
  v128.store(y, v128.bitselect(v128.load(t), v128.load(e), isTrue));
}

/** y = a and b, of bytes. A byte other than 0 is true. One pass without scratch. */
export function bothTrue(a: usize, b: usize, y: usize, count: i32): void {
  const zero = i8x16.splat(0);
  const one = i8x16.splat(1);
  let i = 0;
  for (; i <= count - 16; i += 16) {
    const u = i8x16.ne(v128.load(a + i), zero);
    const v = i8x16.ne(v128.load(b + i), zero);
    v128.store(y + i, v128.and(v128.and(u, v), one));
  }
  for (; i < count; i++) {
    store<u8>(y + i, <u8>(load<u8>(a + i) !== 0 && load<u8>(b + i) !== 0));
  }
}

/** y = x where x ≥ 0, else slope·x. NaN stays NaN. One pass without scratch. */
export function leakyRelu(x: usize, y: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  const slopes = f32x4.splat(slope);
  const whole = (<usize>(count & ~3)) << 2;
  const end = (<usize>count) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const value = v128.load(x + at);
    const isBelow = f32x4.lt(value, zero);
    v128.store(y + at, v128.bitselect(f32x4.mul(value, slopes), value, isBelow));
  }
  for (; at < end; at += 4) {
    const value = load<f32>(x + at);
    store<f32>(y + at, value < 0 ? value * slope : value);
  }
}

/** y = max(x, 0). NaN stays NaN. One pass without scratch. */
export function relu(x: usize, y: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const whole = (<usize>(count & ~3)) << 2;
  const end = (<usize>count) << 2;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const value = v128.load(x + at);
    // One instruction each, where `f32x4.max` is five.
    v128.store(y + at, v128.andnot(value, f32x4.le(value, zero)));
  }
  for (; at < end; at += 4) store<f32>(y + at, max<f32>(load<f32>(x + at), 0));
}
