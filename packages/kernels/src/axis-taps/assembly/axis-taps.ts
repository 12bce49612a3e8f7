// Weighted sums of few inputs along one axis: blurs, window averages, subsampling and their
// gradients. A separable depthwise convolution is two such passes.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';

/**
 * y[o, i] = Σ_t weights[t] · x[o, indices[t]],  t = starts[i] … starts[i + 1] − 1
 *
 * Shapes: x [outer, size, inner], y [outer, outputs, inner]. `starts` and `indices` are int32,
 * `weights` float32. An output without taps is 0.
 *
 * One pass, no scratch. The loops run over `outer`, the outputs, blocks of `inner`, and the taps. A
 * block of 16 floats is summed in registers; the rest of a row in blocks of 4 and of 1.
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
