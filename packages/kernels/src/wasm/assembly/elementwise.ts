/**
 * dx = dy where x > 0, else 0, over `count` values. One pass without scratch, four values at a
 * time.
 */
export function reluGradient(dy: usize, x: usize, dx: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let at: usize = 0;
  const whole = (<usize>(count & ~3)) << 2;
  for (; at < whole; at += 16) {
    v128.store(dx + at, v128.and(v128.load(dy + at), f32x4.gt(v128.load(x + at), zero)));
  }
  const end = (<usize>count) << 2;
  for (; at < end; at += 4) {
    store<f32>(dx + at, load<f32>(x + at) > 0 ? load<f32>(dy + at) : 0);
  }
}

/**
 * dx = dy where low ≤ x ≤ high, else 0, over `count` values. One pass without scratch, four values
 * at a time.
 */
export function clampGradient(
  dy: usize,
  x: usize,
  dx: usize,
  count: i32,
  low: f32,
  high: f32,
): void {
  const lowest = f32x4.splat(low);
  const highest = f32x4.splat(high);
  let at: usize = 0;
  const whole = (<usize>(count & ~3)) << 2;
  for (; at < whole; at += 16) {
    const value = v128.load(x + at);
    const isInside = v128.and(f32x4.ge(value, lowest), f32x4.le(value, highest));
    v128.store(dx + at, v128.and(v128.load(dy + at), isInside));
  }
  const end = (<usize>count) << 2;
  for (; at < end; at += 4) {
    const value = load<f32>(x + at);
    store<f32>(dx + at, value >= low && value <= high ? load<f32>(dy + at) : 0);
  }
}

/** y = min(max(x, low), high). NaN stays NaN. One pass without scratch, four values at a time. */
export function clamp(x: usize, y: usize, count: i32, low: f32, high: f32): void {
  const lowest = f32x4.splat(low);
  const highest = f32x4.splat(high);
  let at: usize = 0;
  const whole = (<usize>(count & ~3)) << 2;
  for (; at < whole; at += 16) {
    v128.store(y + at, f32x4.min(f32x4.max(v128.load(x + at), lowest), highest));
  }
  const end = (<usize>count) << 2;
  for (; at < end; at += 4) {
    store<f32>(y + at, min<f32>(max<f32>(load<f32>(x + at), low), high));
  }
}

/**
 * Smallest number of rows in a partial sum. Partial sums are added to the total, which keeps
 * float32 sums accurate.
 */
const CHUNK: i32 = 128;

/**
 * y [outer, columns] = Σ over the rows of x [outer, rows, columns].
 *
 * One pass without scratch. The loops run over `outer`, chunks of rows, blocks of 4 columns, and
 * the rows of a chunk. Each chunk is summed in registers, and then added to y.
 */
export function columnSums(x: usize, y: usize, outer: i32, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  // The square root keeps both sums short: the rows of a chunk, and the chunks.
  const chunk = max(CHUNK, <i32>sqrt<f64>(<f64>rows));
  memory.fill(y, 0, <usize>outer * bytes);
  for (let o = 0; o < outer; o++) {
    for (let start = 0; start < rows; start += chunk) {
      addRows(x + <usize>start * bytes, y, min(chunk, rows - start), bytes);
    }
    x += <usize>rows * bytes;
    y += bytes;
  }
}

/** y += Σ over `count` rows of x. */
export function addRows(x: usize, y: usize, count: i32, bytes: usize): void {
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    let sum = f32x4.splat(0);
    let at = x + c;
    for (let r = 0; r < count; r++) {
      sum = f32x4.add(sum, v128.load(at));
      at += bytes;
    }
    v128.store(y + c, f32x4.add(v128.load(y + c), sum));
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    let at = x + c;
    for (let r = 0; r < count; r++) {
      sum += load<f32>(at);
      at += bytes;
    }
    store<f32>(y + c, load<f32>(y + c) + sum);
  }
}

/**
 * y [rows] = (Σ over the columns of x [rows, columns]) / divisor. One pass without scratch. Each
 * row is summed in float64 registers, eight values at a time.
 */
export function rowSums(x: usize, y: usize, rows: i32, columns: i32, divisor: f64): void {
  const bytes = (<usize>columns) << 2;
  const whole = bytes & ~31;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const from = x + row * bytes;
    let c0 = f64x2.splat(0),
      c1 = f64x2.splat(0),
      c2 = f64x2.splat(0),
      c3 = f64x2.splat(0);
    let at: usize = 0;
    for (; at < whole; at += 32) {
      c0 = f64x2.add(c0, f64x2.promote_low_f32x4(v128.load64_zero(from + at)));
      c1 = f64x2.add(c1, f64x2.promote_low_f32x4(v128.load64_zero(from + at, 8)));
      c2 = f64x2.add(c2, f64x2.promote_low_f32x4(v128.load64_zero(from + at, 16)));
      c3 = f64x2.add(c3, f64x2.promote_low_f32x4(v128.load64_zero(from + at, 24)));
    }
    const c = f64x2.add(f64x2.add(c0, c1), f64x2.add(c2, c3));
    let total = f64x2.extract_lane(c, 0) + f64x2.extract_lane(c, 1);
    for (; at < bytes; at += 4) total += <f64>load<f32>(from + at);
    store<f32>(y + (row << 2), <f32>(total / divisor));
  }
}
