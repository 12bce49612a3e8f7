// Training batch norm over the rows of x [rows, channels], forward and backward.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';

/**
 * Rows in one partial sum. Partial sums are added to the total, which keeps float32 sums accurate.
 */
const CHUNK: i32 = 128;

/** The number of floats that `batchNormForward` needs as scratch space. */
export function batchNormForwardScratch(channels: i32): f64 {
  return 3 * <f64>channels;
}

/**
 * Batch norm with the batch's own statistics, per channel:
 *
 * y = γ (x − mean)/√(variance + ε) + β
 *
 * Shapes: x, y [rows, channels]; gamma, beta, mean, variance [channels]. `scratch` holds γ/σ, the
 * offset, and the rounding error of the mean.
 *
 * Two passes over x. The first computes the statistics in chunks of rows. The second normalises row
 * by row. y is computed from the mean before it is rounded to float32.
 */
export function batchNormForward(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  mean: usize,
  variance: usize,
  scratch: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
): void {
  const bytes = (<usize>channels) << 2;
  const scale = scratch;
  const offset = scratch + bytes;
  const rest = scratch + 2 * bytes;
  addSquares(x, mean, rest, variance, rows, bytes);
  const n = <f32>rows;
  for (let c: usize = 0; c < bytes; c += 4) {
    store<f32>(variance + c, max<f32>(load<f32>(variance + c) / n, 0));
    if (!(isNumber(load<f32>(mean + c)) && isNumber(load<f32>(variance + c)))) {
      byDefinition(x + c, mean + c, rest + c, variance + c, rows, bytes);
    }
    const factor = load<f32>(gamma + c) / sqrt<f32>(load<f32>(variance + c) + epsilon);
    store<f32>(scale + c, factor);
    store<f32>(offset + c, load<f32>(beta + c) - load<f32>(rest + c) * factor);
  }
  normalise(x, mean, scale, offset, y, rows, channels);
}

/**
 * Computes the mean of the rows as the sum mean + rest of two float32 numbers, and the sum of the
 * squared distances from it (Chan, Golub and LeVeque 1979).
 *
 * The outer loop runs over chunks of rows, the inner loops over channels and the rows of a chunk.
 * Each row is measured from the mean of the rows before its chunk. Let n be the number of rows up
 * to the end of the chunk, s the sum of the chunk's differences, and q the sum of their squares.
 * Then the mean moves by s/n, and the squares grow by q − s²/n. Neither a large mean nor one
 * distant row costs digits.
 */
function addSquares(
  x: usize,
  mean: usize,
  rest: usize,
  squares: usize,
  rows: i32,
  bytes: usize,
): void {
  firstMean(x, mean, min(CHUNK, rows), bytes);
  memory.fill(rest, 0, bytes);
  memory.fill(squares, 0, bytes);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = min(CHUNK, rows - start);
    const from = x + <usize>start * bytes;
    const known = <f32>count;
    const share: f32 = 1 / <f32>(start + count);
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const shift = v128.load(mean + c);
      let sum = f32x4.splat(0),
        square = f32x4.splat(0);
      let at = from + c;
      for (let r = 0; r < count; r++) {
        const d = f32x4.sub(v128.load(at), shift);
        sum = f32x4.add(sum, d);
        square = multiplyAdd(d, d, square);
        at += bytes;
      }
      // `sum` and `square` are measured from `shift`. These lines measure them from shift + beyond,
      // the mean of the rows before.
      const beyond = v128.load(rest + c);
      const moved = f32x4.sub(sum, f32x4.mul(f32x4.splat(known), beyond));
      square = f32x4.sub(square, f32x4.mul(beyond, f32x4.add(sum, moved)));
      const step = f32x4.mul(moved, f32x4.splat(share));
      square = f32x4.sub(square, f32x4.mul(moved, step));
      v128.store(squares + c, f32x4.add(v128.load(squares + c), square));
      // Adds `shift` and `low` without loss (Knuth's two-sum). `mean` gets the nearest float32,
      // `rest` the remainder.
      const low = f32x4.add(beyond, step);
      const high = f32x4.add(shift, low);
      const added = f32x4.sub(high, shift);
      const lost = f32x4.sub(shift, f32x4.sub(high, added));
      v128.store(mean + c, high);
      v128.store(rest + c, f32x4.add(lost, f32x4.sub(low, added)));
    }
    for (; c < bytes; c += 4) {
      const shift = load<f32>(mean + c);
      let sum: f32 = 0,
        square: f32 = 0;
      let at = from + c;
      for (let r = 0; r < count; r++) {
        const d = load<f32>(at) - shift;
        sum += d;
        square += d * d;
        at += bytes;
      }
      const beyond = load<f32>(rest + c);
      const moved = sum - known * beyond;
      const step = moved * share;
      square -= beyond * (sum + moved) + moved * step;
      store<f32>(squares + c, load<f32>(squares + c) + square);
      const low = beyond + step;
      const high = shift + low;
      const added = high - shift;
      store<f32>(mean + c, high);
      store<f32>(rest + c, shift - (high - added) + (low - added));
    }
  }
}

/** Computes the mean of the first `count` rows. Later rows are measured from it. */
function firstMean(x: usize, mean: usize, count: i32, bytes: usize): void {
  const n = <f32>count;
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    let sum = f32x4.splat(0);
    let at = x + c;
    for (let r = 0; r < count; r++) {
      sum = f32x4.add(sum, v128.load(at));
      at += bytes;
    }
    v128.store(mean + c, f32x4.div(sum, f32x4.splat(n)));
  }
  for (; c < bytes; c += 4) {
    let sum: f32 = 0;
    let at = x + c;
    for (let r = 0; r < count; r++) {
      sum += load<f32>(at);
      at += bytes;
    }
    store<f32>(mean + c, sum / n);
  }
}

/** Tells whether the value is neither NaN nor ±∞. */
function isNumber(value: f32): bool {
  return abs(value) <= f32.MAX_VALUE;
}

/**
 * Computes the statistics of one channel in float64, by their definition: two loops over the rows.
 * It serves channels with values that are not finite, or with sums that overflow float32.
 */
function byDefinition(
  x: usize,
  mean: usize,
  rest: usize,
  variance: usize,
  rows: i32,
  bytes: usize,
): void {
  let sum: f64 = 0;
  for (let r: usize = 0; r < <usize>rows; r++) sum += <f64>load<f32>(x + r * bytes);
  const average = sum / <f64>rows;
  let squares: f64 = 0;
  for (let r: usize = 0; r < <usize>rows; r++) {
    const d = <f64>load<f32>(x + r * bytes) - average;
    squares += d * d;
  }
  const rounded = <f32>average;
  store<f32>(mean, rounded);
  store<f32>(rest, isNumber(rounded) ? <f32>(average - <f64>rounded) : 0);
  store<f32>(variance, <f32>(squares / <f64>rows));
}

/**
 * y = (x − mean) · scale + offset in one pass. Shapes: x, y [rows, channels]; the others
 * [channels].
 */
export function normalise(
  x: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  y: usize,
  rows: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  for (let r = 0; r < rows; r++) {
    const from = x + <usize>r * bytes;
    const to = y + <usize>r * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const centred = f32x4.sub(v128.load(from + c), v128.load(mean + c));
      v128.store(to + c, multiplyAdd(centred, v128.load(scale + c), v128.load(offset + c)));
    }
    for (; c < bytes; c += 4) {
      const centred = load<f32>(from + c) - load<f32>(mean + c);
      store<f32>(to + c, centred * load<f32>(scale + c) + load<f32>(offset + c));
    }
  }
}

/** The number of floats that `batchNormBackward` needs as scratch space. */
export function batchNormBackwardScratch(channels: i32): f64 {
  return 3 * <f64>channels;
}

/**
 * Gradients of batch norm, with x̂ = (x − mean)/σ, σ = √(variance + ε) and n rows:
 *
 * dβ = Σ dy,  dγ = Σ dy x̂,  dx = γ/σ (dy − dβ/n − x̂ dγ/n)
 *
 * Two passes over dy and x. The first sums dy, dy (x − mean) and x − mean over chunks of rows.
 * The last sum is n times the rounding error of the float32 mean, and corrects for it. The second
 * pass computes dx = p dy + q (x − mean) + r. `scratch` holds p, q and r, one value of each per
 * channel.
 */
export function batchNormBackward(
  dy: usize,
  x: usize,
  mean: usize,
  variance: usize,
  gamma: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  scratch: usize,
  rows: i32,
  channels: i32,
  epsilon: f32,
): void {
  const bytes = (<usize>channels) << 2;
  const p = scratch;
  const q = scratch + bytes;
  const r = scratch + 2 * bytes;
  const rest = r;
  memory.fill(dgamma, 0, bytes);
  memory.fill(dbeta, 0, bytes);
  memory.fill(rest, 0, bytes);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = min(CHUNK, rows - start);
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const average = v128.load(mean + c);
      let sum = f32x4.splat(0),
        products = f32x4.splat(0),
        distance = f32x4.splat(0);
      let at = <usize>start * bytes + c;
      for (let row = 0; row < count; row++) {
        const d = v128.load(dy + at);
        const centred = f32x4.sub(v128.load(x + at), average);
        sum = f32x4.add(sum, d);
        distance = f32x4.add(distance, centred);
        products = multiplyAdd(d, centred, products);
        at += bytes;
      }
      v128.store(rest + c, f32x4.add(v128.load(rest + c), distance));
      v128.store(dbeta + c, f32x4.add(v128.load(dbeta + c), sum));
      v128.store(dgamma + c, f32x4.add(v128.load(dgamma + c), products));
    }
    for (; c < bytes; c += 4) {
      const average = load<f32>(mean + c);
      let sum: f32 = 0,
        products: f32 = 0,
        distance: f32 = 0;
      let at = <usize>start * bytes + c;
      for (let row = 0; row < count; row++) {
        const d = load<f32>(dy + at);
        const centred = load<f32>(x + at) - average;
        sum += d;
        distance += centred;
        products += d * centred;
        at += bytes;
      }
      store<f32>(rest + c, load<f32>(rest + c) + distance);
      store<f32>(dbeta + c, load<f32>(dbeta + c) + sum);
      store<f32>(dgamma + c, load<f32>(dgamma + c) + products);
    }
  }
  // dx = p dy + q (x − mean) + r, per channel. `r` replaces `rest` in scratch.
  const n = <f32>rows;
  for (let c: usize = 0; c < bytes; c += 4) {
    const inverse: f32 = 1 / sqrt<f32>(load<f32>(variance + c) + epsilon);
    const factor = load<f32>(gamma + c) * inverse;
    const missing = load<f32>(rest + c) / n;
    const total = load<f32>(dbeta + c);
    const products = (load<f32>(dgamma + c) - missing * total) * inverse;
    const slope = (-factor * inverse * products) / n;
    store<f32>(dgamma + c, products);
    store<f32>(p + c, factor);
    store<f32>(q + c, slope);
    store<f32>(r + c, (-factor * total) / n - slope * missing);
  }
  for (let row = 0; row < rows; row++) {
    const at = <usize>row * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const centred = f32x4.sub(v128.load(x + at + c), v128.load(mean + c));
      const fromUpstream = f32x4.mul(v128.load(dy + at + c), v128.load(p + c));
      const fromInput = multiplyAdd(centred, v128.load(q + c), v128.load(r + c));
      v128.store(dx + at + c, f32x4.add(fromUpstream, fromInput));
    }
    for (; c < bytes; c += 4) {
      const centred = load<f32>(x + at + c) - load<f32>(mean + c);
      const fromInput = centred * load<f32>(q + c) + load<f32>(r + c);
      store<f32>(dx + at + c, load<f32>(dy + at + c) * load<f32>(p + c) + fromInput);
    }
  }
}
