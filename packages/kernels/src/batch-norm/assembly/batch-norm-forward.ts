// Training batch norm over the rows of x [rows, channels].

import { addRows } from '../../wasm/assembly/elementwise';
import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { CHUNK } from './chunk';
import { normalise } from './normalise';

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
  // `scale` and `offset` hold the sums of a chunk until their own values are known.
  addSquares(x, mean, rest, variance, scale, offset, rows, bytes);
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
 * The loop runs over chunks of rows. Each row is measured from the mean of the rows before its
 * chunk. `sums` and `sumsOfSquares` hold the sums of one chunk, for each channel.
 */
function addSquares(
  x: usize,
  mean: usize,
  rest: usize,
  squares: usize,
  sums: usize,
  sumsOfSquares: usize,
  rows: i32,
  bytes: usize,
): void {
  firstMean(x, mean, min(CHUNK, rows), bytes);
  memory.fill(rest, 0, bytes);
  memory.fill(squares, 0, bytes);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = min(CHUNK, rows - start);
    sumChunk(x + <usize>start * bytes, mean, sums, sumsOfSquares, count, bytes);
    moveMean(mean, rest, squares, sums, sumsOfSquares, count, start + count, bytes);
  }
}

/**
 * Sums the differences of `count` rows from `shift`, and their squares, for each channel.
 *
 * The outer loops run over channels, the inner loops over rows. The first loop takes sixteen
 * channels at a time, since each sum waits four cycles for its last addition.
 */
function sumChunk(
  from: usize,
  shift: usize,
  sums: usize,
  squares: usize,
  count: i32,
  bytes: usize,
): void {
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    const shift0 = v128.load(shift + c);
    const shift1 = v128.load(shift + c, 16);
    const shift2 = v128.load(shift + c, 32);
    const shift3 = v128.load(shift + c, 48);
    let sum0 = f32x4.splat(0),
      sum1 = f32x4.splat(0),
      sum2 = f32x4.splat(0),
      sum3 = f32x4.splat(0);
    let square0 = f32x4.splat(0),
      square1 = f32x4.splat(0),
      square2 = f32x4.splat(0),
      square3 = f32x4.splat(0);
    let at = from + c;
    for (let r = 0; r < count; r++) {
      const d0 = f32x4.sub(v128.load(at), shift0);
      const d1 = f32x4.sub(v128.load(at, 16), shift1);
      const d2 = f32x4.sub(v128.load(at, 32), shift2);
      const d3 = f32x4.sub(v128.load(at, 48), shift3);
      sum0 = f32x4.add(sum0, d0);
      sum1 = f32x4.add(sum1, d1);
      sum2 = f32x4.add(sum2, d2);
      sum3 = f32x4.add(sum3, d3);
      square0 = multiplyAdd(d0, d0, square0);
      square1 = multiplyAdd(d1, d1, square1);
      square2 = multiplyAdd(d2, d2, square2);
      square3 = multiplyAdd(d3, d3, square3);
      at += bytes;
    }
    v128.store(sums + c, sum0);
    v128.store(sums + c, sum1, 16);
    v128.store(sums + c, sum2, 32);
    v128.store(sums + c, sum3, 48);
    v128.store(squares + c, square0);
    v128.store(squares + c, square1, 16);
    v128.store(squares + c, square2, 32);
    v128.store(squares + c, square3, 48);
  }
  for (; c + 16 <= bytes; c += 16) {
    const from16 = v128.load(shift + c);
    let sum = f32x4.splat(0),
      square = f32x4.splat(0);
    let at = from + c;
    for (let r = 0; r < count; r++) {
      const d = f32x4.sub(v128.load(at), from16);
      sum = f32x4.add(sum, d);
      square = multiplyAdd(d, d, square);
      at += bytes;
    }
    v128.store(sums + c, sum);
    v128.store(squares + c, square);
  }
  for (; c < bytes; c += 4) {
    const from4 = load<f32>(shift + c);
    let sum: f32 = 0,
      square: f32 = 0;
    let at = from + c;
    for (let r = 0; r < count; r++) {
      const d = load<f32>(at) - from4;
      sum += d;
      square += d * d;
      at += bytes;
    }
    store<f32>(sums + c, sum);
    store<f32>(squares + c, square);
  }
}

/**
 * Adds a chunk of `known` rows to the mean and to the squares of distances from it. `sums` and
 * `sumsOfSquares` are measured from `mean`, the rounded mean of the rows before.
 *
 * Let n be the number of rows up to the end of the chunk, s the sum of the chunk's differences from
 * mean + rest, and q the sum of their squares. Then the mean moves by s/n, and the squares grow by
 * q − s²/n. Neither a large mean nor one distant row costs digits.
 */
function moveMean(
  mean: usize,
  rest: usize,
  squares: usize,
  sums: usize,
  sumsOfSquares: usize,
  known: i32,
  n: i32,
  bytes: usize,
): void {
  const count = <f32>known;
  const share: f32 = 1 / <f32>n;
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const shift = v128.load(mean + c);
    const beyond = v128.load(rest + c);
    const sum = v128.load(sums + c);
    // These lines measure the sums from shift + beyond, the mean of the rows before.
    const moved = f32x4.sub(sum, f32x4.mul(f32x4.splat(count), beyond));
    let square = v128.load(sumsOfSquares + c);
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
    const beyond = load<f32>(rest + c);
    const sum = load<f32>(sums + c);
    const moved = sum - count * beyond;
    const step = moved * share;
    const square = load<f32>(sumsOfSquares + c) - (beyond * (sum + moved) + moved * step);
    store<f32>(squares + c, load<f32>(squares + c) + square);
    const low = beyond + step;
    const high = shift + low;
    const added = high - shift;
    store<f32>(mean + c, high);
    store<f32>(rest + c, shift - (high - added) + (low - added));
  }
}

/** Computes the mean of the first `count` rows. Later rows are measured from it. */
function firstMean(x: usize, mean: usize, count: i32, bytes: usize): void {
  memory.fill(mean, 0, bytes);
  addRows(x, mean, count, bytes);
  const n = <f32>count;
  for (let c: usize = 0; c < bytes; c += 4) store<f32>(mean + c, load<f32>(mean + c) / n);
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
