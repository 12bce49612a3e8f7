// Gradients of training batch norm over the rows of x [rows, channels].

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { CHUNK } from './chunk';

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
    const first = <usize>start * bytes;
    const end = <usize>min(start + CHUNK, rows) * bytes;
    addGradients(dy, x, mean, dbeta, dgamma, rest, first, end, bytes);
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
  for (let start = 0; start < rows; start += CHUNK) {
    const first = <usize>start * bytes;
    const end = <usize>min(start + CHUNK, rows) * bytes;
    combine(dy, x, mean, p, q, r, dx, first, end, bytes);
  }
}

/**
 * Adds the sums over one chunk of rows, of dy to `dbeta`, of dy (x − mean) to `dgamma`, and of
 * x − mean to `distances`. The rows lie from `first` to `end`, in bytes from the start.
 *
 * The outer loops run over channels, the inner loops over rows. The first loop takes eight channels
 * at a time, since each sum waits four cycles for its last addition.
 */
function addGradients(
  dy: usize,
  x: usize,
  mean: usize,
  dbeta: usize,
  dgamma: usize,
  distances: usize,
  first: usize,
  end: usize,
  bytes: usize,
): void {
  let c: usize = 0;
  for (; c + 32 <= bytes; c += 32) {
    const mean0 = v128.load(mean + c);
    const mean1 = v128.load(mean + c, 16);
    let sum0 = f32x4.splat(0),
      sum1 = f32x4.splat(0);
    let products0 = f32x4.splat(0),
      products1 = f32x4.splat(0);
    let distance0 = f32x4.splat(0),
      distance1 = f32x4.splat(0);
    for (let at = first + c; at < end; at += bytes) {
      const d0 = v128.load(dy + at);
      const d1 = v128.load(dy + at, 16);
      const centred0 = f32x4.sub(v128.load(x + at), mean0);
      const centred1 = f32x4.sub(v128.load(x + at, 16), mean1);
      sum0 = f32x4.add(sum0, d0);
      sum1 = f32x4.add(sum1, d1);
      distance0 = f32x4.add(distance0, centred0);
      distance1 = f32x4.add(distance1, centred1);
      products0 = multiplyAdd(d0, centred0, products0);
      products1 = multiplyAdd(d1, centred1, products1);
    }
    addTo(distances + c, distance0, distance1);
    addTo(dbeta + c, sum0, sum1);
    addTo(dgamma + c, products0, products1);
  }
  for (; c + 16 <= bytes; c += 16) {
    const average = v128.load(mean + c);
    let sum = f32x4.splat(0),
      products = f32x4.splat(0),
      distance = f32x4.splat(0);
    for (let at = first + c; at < end; at += bytes) {
      const d = v128.load(dy + at);
      const centred = f32x4.sub(v128.load(x + at), average);
      sum = f32x4.add(sum, d);
      distance = f32x4.add(distance, centred);
      products = multiplyAdd(d, centred, products);
    }
    v128.store(distances + c, f32x4.add(v128.load(distances + c), distance));
    v128.store(dbeta + c, f32x4.add(v128.load(dbeta + c), sum));
    v128.store(dgamma + c, f32x4.add(v128.load(dgamma + c), products));
  }
  for (; c < bytes; c += 4) {
    const average = load<f32>(mean + c);
    let sum: f32 = 0,
      products: f32 = 0,
      distance: f32 = 0;
    for (let at = first + c; at < end; at += bytes) {
      const d = load<f32>(dy + at);
      const centred = load<f32>(x + at) - average;
      sum += d;
      distance += centred;
      products += d * centred;
    }
    store<f32>(distances + c, load<f32>(distances + c) + distance);
    store<f32>(dbeta + c, load<f32>(dbeta + c) + sum);
    store<f32>(dgamma + c, load<f32>(dgamma + c) + products);
  }
}

/** Adds eight values in memory. */
function addTo(target: usize, low: v128, high: v128): void {
  const sum0 = f32x4.add(v128.load(target), low);
  const sum1 = f32x4.add(v128.load(target, 16), high);
  v128.store(target, sum0);
  v128.store(target, sum1, 16);
}

/** dx = p dy + (q (x − mean) + r) for one chunk of rows, which lie from `first` to `end`. */
function combine(
  dy: usize,
  x: usize,
  mean: usize,
  p: usize,
  q: usize,
  r: usize,
  dx: usize,
  first: usize,
  end: usize,
  bytes: usize,
): void {
  let c: usize = 0;
  for (; c + 32 <= bytes; c += 32) {
    const mean0 = v128.load(mean + c);
    const mean1 = v128.load(mean + c, 16);
    const p0 = v128.load(p + c);
    const p1 = v128.load(p + c, 16);
    const q0 = v128.load(q + c);
    const q1 = v128.load(q + c, 16);
    const r0 = v128.load(r + c);
    const r1 = v128.load(r + c, 16);
    for (let at = first + c; at < end; at += bytes) {
      const fromInput0 = multiplyAdd(f32x4.sub(v128.load(x + at), mean0), q0, r0);
      const fromInput1 = multiplyAdd(f32x4.sub(v128.load(x + at, 16), mean1), q1, r1);
      const fromUpstream0 = f32x4.mul(v128.load(dy + at), p0);
      const fromUpstream1 = f32x4.mul(v128.load(dy + at, 16), p1);
      v128.store(dx + at, f32x4.add(fromUpstream0, fromInput0));
      v128.store(dx + at, f32x4.add(fromUpstream1, fromInput1), 16);
    }
  }
  for (; c + 16 <= bytes; c += 16) {
    const average = v128.load(mean + c);
    const factor = v128.load(p + c);
    const slope = v128.load(q + c);
    const constant = v128.load(r + c);
    for (let at = first + c; at < end; at += bytes) {
      const fromInput = multiplyAdd(f32x4.sub(v128.load(x + at), average), slope, constant);
      const fromUpstream = f32x4.mul(v128.load(dy + at), factor);
      v128.store(dx + at, f32x4.add(fromUpstream, fromInput));
    }
  }
  for (; c < bytes; c += 4) {
    const average = load<f32>(mean + c);
    for (let at = first + c; at < end; at += bytes) {
      const fromInput = (load<f32>(x + at) - average) * load<f32>(q + c) + load<f32>(r + c);
      store<f32>(dx + at, load<f32>(dy + at) * load<f32>(p + c) + fromInput);
    }
  }
}
