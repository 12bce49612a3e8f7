// Training batch norm over the rows of x [rows, channels], forward and backward.

import { multiplyAdd } from './multiply-add';

/** Rows summed in a row before they are added to the total: keeps float32 sums accurate. */
const CHUNK: i32 = 128;

/**
 * mean and variance [channels] of the rows, y = gamma (x − mean)/√(variance + epsilon) + beta.
 * Sums are of x − x₀ (the first row), so that a large mean costs no precision. `scratch` holds
 * 4 · channels floats.
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
  memory.fill(mean, 0, bytes);
  memory.fill(variance, 0, bytes);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = min(CHUNK, rows - start);
    const from = x + <usize>start * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const shift = v128.load(x + c);
      let sum = f32x4.splat(0),
        squares = f32x4.splat(0);
      let at = from + c;
      for (let r = 0; r < count; r++) {
        const d = f32x4.sub(v128.load(at), shift);
        sum = f32x4.add(sum, d);
        squares = multiplyAdd(d, d, squares);
        at += bytes;
      }
      v128.store(mean + c, f32x4.add(v128.load(mean + c), sum));
      v128.store(variance + c, f32x4.add(v128.load(variance + c), squares));
    }
    for (; c < bytes; c += 4) {
      const shift = load<f32>(x + c);
      let sum: f32 = 0,
        squares: f32 = 0;
      let at = from + c;
      for (let r = 0; r < count; r++) {
        const d = load<f32>(at) - shift;
        sum += d;
        squares += d * d;
        at += bytes;
      }
      store<f32>(mean + c, load<f32>(mean + c) + sum);
      store<f32>(variance + c, load<f32>(variance + c) + squares);
    }
  }
  const n = <f32>rows;
  for (let c: usize = 0; c < bytes; c += 4) {
    const shifted = load<f32>(mean + c) / n;
    const average = load<f32>(x + c) + shifted;
    const spread = max<f32>(load<f32>(variance + c) / n - shifted * shifted, 0);
    const factor = load<f32>(gamma + c) / sqrt<f32>(spread + epsilon);
    store<f32>(mean + c, average);
    store<f32>(variance + c, spread);
    store<f32>(scale + c, factor);
    store<f32>(offset + c, load<f32>(beta + c));
  }
  normalise(x, mean, scale, offset, y, rows, channels);
}

/** y = (x − mean) · scale + offset, the last three [channels]. */
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

/**
 * dbeta = Σ dy, dgamma = Σ dy x̂ and dx = γ/σ (dy − dbeta/n − x̂ dgamma/n), with
 * x̂ = (x − mean)/σ and σ = √(variance + epsilon). `scratch` holds 4 · channels floats.
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
  memory.fill(dgamma, 0, bytes);
  memory.fill(dbeta, 0, bytes);
  for (let start = 0; start < rows; start += CHUNK) {
    const count = min(CHUNK, rows - start);
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) {
      const average = v128.load(mean + c);
      let sum = f32x4.splat(0),
        products = f32x4.splat(0);
      let at = <usize>start * bytes + c;
      for (let r = 0; r < count; r++) {
        const d = v128.load(dy + at);
        sum = f32x4.add(sum, d);
        products = multiplyAdd(d, f32x4.sub(v128.load(x + at), average), products);
        at += bytes;
      }
      v128.store(dbeta + c, f32x4.add(v128.load(dbeta + c), sum));
      v128.store(dgamma + c, f32x4.add(v128.load(dgamma + c), products));
    }
    for (; c < bytes; c += 4) {
      const average = load<f32>(mean + c);
      let sum: f32 = 0,
        products: f32 = 0;
      let at = <usize>start * bytes + c;
      for (let r = 0; r < count; r++) {
        const d = load<f32>(dy + at);
        sum += d;
        products += d * (load<f32>(x + at) - average);
        at += bytes;
      }
      store<f32>(dbeta + c, load<f32>(dbeta + c) + sum);
      store<f32>(dgamma + c, load<f32>(dgamma + c) + products);
    }
  }
  // dx = p dy + q (x − mean) + r, channel by channel.
  const p = scratch;
  const q = scratch + bytes;
  const r = scratch + 2 * bytes;
  const n = <f32>rows;
  for (let c: usize = 0; c < bytes; c += 4) {
    const inverse: f32 = 1 / sqrt<f32>(load<f32>(variance + c) + epsilon);
    const factor = load<f32>(gamma + c) * inverse;
    const products = load<f32>(dgamma + c) * inverse;
    store<f32>(dgamma + c, products);
    store<f32>(p + c, factor);
    store<f32>(q + c, (-factor * inverse * products) / n);
    store<f32>(r + c, (-factor * load<f32>(dbeta + c)) / n);
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
