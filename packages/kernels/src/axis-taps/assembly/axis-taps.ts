// Short weighted sums along one axis: blurs, averages over windows, subsampling and their gradients. A
// separable depthwise convolution is two of them. An image is [outer, size, inner] there, and what
// lies along `inner` is contiguous.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';

/**
 * y [outer, outputs, inner]: y[o, i] = Σ_t weights[t] · x[o, indices[t]] for t in starts[i] … starts[i + 1].
 * `starts` and `indices` are int32, `weights` float32; an output without taps is 0.
 */
export function axisTaps(
  x: usize,
  y: usize,
  starts: usize,
  indices: usize,
  weights: usize,
  outer: i32,
  size: i32,
  outputs: i32,
  inner: i32,
): void {
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    const source = x + <usize>(o * size) * row;
    let target = y + <usize>(o * outputs) * row;
    for (let i: usize = 0; i < <usize>outputs; i++) {
      const first = (<usize>load<i32>(starts + (i << 2))) << 2;
      const last = (<usize>load<i32>(starts + (i << 2), 4)) << 2;
      let at: usize = 0;
      for (; at + 64 <= row; at += 64) {
        let c0 = f32x4.splat(0),
          c1 = f32x4.splat(0),
          c2 = f32x4.splat(0),
          c3 = f32x4.splat(0);
        for (let t = first; t < last; t += 4) {
          const from = source + <usize>load<i32>(indices + t) * row + at;
          const weight = v128.load32_splat(weights + t);
          c0 = multiplyAdd(weight, v128.load(from), c0);
          c1 = multiplyAdd(weight, v128.load(from, 16), c1);
          c2 = multiplyAdd(weight, v128.load(from, 32), c2);
          c3 = multiplyAdd(weight, v128.load(from, 48), c3);
        }
        v128.store(target + at, c0);
        v128.store(target + at, c1, 16);
        v128.store(target + at, c2, 32);
        v128.store(target + at, c3, 48);
      }
      for (; at + 16 <= row; at += 16) {
        let c = f32x4.splat(0);
        for (let t = first; t < last; t += 4) {
          const from = source + <usize>load<i32>(indices + t) * row + at;
          c = multiplyAdd(v128.load32_splat(weights + t), v128.load(from), c);
        }
        v128.store(target + at, c);
      }
      for (; at < row; at += 4) {
        let c: f32 = 0;
        for (let t = first; t < last; t += 4) {
          const from = source + <usize>load<i32>(indices + t) * row + at;
          c += load<f32>(weights + t) * load<f32>(from);
        }
        store<f32>(target + at, c);
      }
      target += row;
    }
  }
}
