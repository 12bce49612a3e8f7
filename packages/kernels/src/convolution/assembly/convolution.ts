// Gradients of 2-D convolutions, NHWC, by direct loops over the filter's taps.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';

/**
 * Filter gradient:
 *
 * df[i, j, a, b] = Σ x[n, s p + d i − top, s q + d j − left, a] · dy[n, p, q, b]
 *
 * One pass without scratch. The loops run over images, rows of dy, and taps. For each row and tap,
 * a block of 4 input × 8 output channels is summed along the row in registers, and then added to
 * df.
 */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  df: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  memory.fill(df, 0, (<usize>filterHeight * filterWidth * inChannels * outChannels) << 2);
  const xStep = (<usize>strideWidth * inChannels) << 2;
  const dyStep = (<usize>outChannels) << 2;
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < outHeight; p++) {
      const dyRow = dy + <usize>(n * outHeight + p) * outWidth * dyStep;
      for (let i = 0; i < filterHeight; i++) {
        const row = p * strideHeight + i * dilationHeight - top;
        if (row < 0 || row >= inHeight) continue;
        const xRow = x + ((<usize>(n * inHeight + row) * inWidth * inChannels) << 2);
        for (let j = 0; j < filterWidth; j++) {
          const offset = j * dilationWidth - left;
          const first = firstInside(offset, strideWidth);
          const end = min(outWidth, endInside(offset, strideWidth, inWidth));
          if (first >= end) continue;
          const source = xRow + ((<usize>(first * strideWidth + offset) * inChannels) << 2);
          const upstream = dyRow + <usize>first * dyStep;
          const filter = df + ((<usize>(i * filterWidth + j) * inChannels * outChannels) << 2);
          outerProducts(
            source,
            upstream,
            filter,
            end - first,
            xStep,
            dyStep,
            inChannels,
            outChannels,
          );
        }
      }
    }
  }
}

/** Returns the first q with s q + offset >= 0. */
export function firstInside(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (-offset + stride - 1) / stride;
}

/** Returns the first q after the last with s q + offset < size. */
export function endInside(offset: i32, stride: i32, size: i32): i32 {
  const last = size - 1 - offset;
  return last < 0 ? 0 : last / stride + 1;
}

/** f [ci, co] += Σ_q x_q [ci] ⊗ dy_q [co] over `count` positions. */
function outerProducts(
  x: usize,
  dy: usize,
  f: usize,
  count: i32,
  xStep: usize,
  dyStep: usize,
  inChannels: i32,
  outChannels: i32,
): void {
  const fStep = (<usize>outChannels) << 2;
  const blocked = inChannels & ~3;
  let wide: usize = 0;
  for (; isWide && wide + WIDE_BYTES <= fStep; wide += WIDE_BYTES) {
    wideProduct(x, 4, xStep, dy + wide, 32, dyStep, f + wide, fStep, blocked, count, true);
  }
  let a = 0;
  for (; a + 4 <= inChannels; a += 4) {
    const source = x + ((<usize>a) << 2);
    const rows = f + <usize>a * fStep;
    let b = wide;
    for (; b + 32 <= fStep; b += 32) {
      const o = rows + b;
      let c00 = v128.load(o),
        c01 = v128.load(o, 16);
      let c10 = v128.load(o + fStep),
        c11 = v128.load(o + fStep, 16);
      let c20 = v128.load(o + 2 * fStep),
        c21 = v128.load(o + 2 * fStep, 16);
      let c30 = v128.load(o + 3 * fStep),
        c31 = v128.load(o + 3 * fStep, 16);
      let s = source;
      let u = dy + b;
      for (let q = 0; q < count; q++) {
        const d0 = v128.load(u);
        const d1 = v128.load(u, 16);
        const x0 = v128.load32_splat(s);
        c00 = multiplyAdd(x0, d0, c00);
        c01 = multiplyAdd(x0, d1, c01);
        const x1 = v128.load32_splat(s, 4);
        c10 = multiplyAdd(x1, d0, c10);
        c11 = multiplyAdd(x1, d1, c11);
        const x2 = v128.load32_splat(s, 8);
        c20 = multiplyAdd(x2, d0, c20);
        c21 = multiplyAdd(x2, d1, c21);
        const x3 = v128.load32_splat(s, 12);
        c30 = multiplyAdd(x3, d0, c30);
        c31 = multiplyAdd(x3, d1, c31);
        s += xStep;
        u += dyStep;
      }
      v128.store(o, c00);
      v128.store(o, c01, 16);
      v128.store(o + fStep, c10);
      v128.store(o + fStep, c11, 16);
      v128.store(o + 2 * fStep, c20);
      v128.store(o + 2 * fStep, c21, 16);
      v128.store(o + 3 * fStep, c30);
      v128.store(o + 3 * fStep, c31, 16);
    }
    if (b < fStep) {
      for (let r: usize = 0; r < 4; r++) {
        outerRow(source + (r << 2), dy + b, rows + r * fStep + b, count, xStep, dyStep, fStep - b);
      }
    }
  }
  for (; a < inChannels; a++) {
    outerRow(x + ((<usize>a) << 2), dy, f + <usize>a * fStep, count, xStep, dyStep, fStep);
  }
}

/** The same for one row of the filter, `bytes` long. */
function outerRow(
  x: usize,
  dy: usize,
  f: usize,
  count: i32,
  xStep: usize,
  dyStep: usize,
  bytes: usize,
): void {
  let b: usize = 0;
  for (; b + 16 <= bytes; b += 16) {
    let c = v128.load(f + b);
    let s = x;
    let u = dy + b;
    for (let q = 0; q < count; q++) {
      c = multiplyAdd(v128.load32_splat(s), v128.load(u), c);
      s += xStep;
      u += dyStep;
    }
    v128.store(f + b, c);
  }
  for (; b < bytes; b += 4) {
    let c = load<f32>(f + b);
    let s = x;
    let u = dy + b;
    for (let q = 0; q < count; q++) {
      c += load<f32>(s) * load<f32>(u);
      s += xStep;
      u += dyStep;
    }
    store<f32>(f + b, c);
  }
}

/**
 * Input gradient:
 *
 * dx[n, s p + d i − top, s q + d j − left, a] += dy[n, p, q, b] · ft[i, j, b, a]
 *
 * `ft` is the filter with its channels exchanged, [kh, kw, co, ci]. One pass without scratch; dx is
 * cleared first. The loops run over images, rows of dy, and taps. For each row and tap, 4 pixels ×
 * 8 input channels are summed over the output channels in registers, and then added to dx.
 */
export function convolutionInputGradient(
  dy: usize,
  ft: usize,
  dx: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  memory.fill(dx, 0, (<usize>batch * inHeight * inWidth * inChannels) << 2);
  const dxStep = (<usize>strideWidth * inChannels) << 2;
  const dyStep = (<usize>outChannels) << 2;
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < outHeight; p++) {
      const dyRow = dy + <usize>(n * outHeight + p) * outWidth * dyStep;
      for (let i = 0; i < filterHeight; i++) {
        const row = p * strideHeight + i * dilationHeight - top;
        if (row < 0 || row >= inHeight) continue;
        const dxRow = dx + ((<usize>(n * inHeight + row) * inWidth * inChannels) << 2);
        for (let j = 0; j < filterWidth; j++) {
          const offset = j * dilationWidth - left;
          const first = firstInside(offset, strideWidth);
          const end = min(outWidth, endInside(offset, strideWidth, inWidth));
          if (first >= end) continue;
          const target = dxRow + ((<usize>(first * strideWidth + offset) * inChannels) << 2);
          const upstream = dyRow + <usize>first * dyStep;
          const filter = ft + ((<usize>(i * filterWidth + j) * inChannels * outChannels) << 2);
          addProducts(
            upstream,
            filter,
            target,
            end - first,
            dyStep,
            dxStep,
            outChannels,
            inChannels,
          );
        }
      }
    }
  }
}

/** dx_q [ci] += dy_q [co] · ft [co, ci] for `count` positions. */
function addProducts(
  dy: usize,
  ft: usize,
  dx: usize,
  count: i32,
  dyStep: usize,
  dxStep: usize,
  outChannels: i32,
  inChannels: i32,
): void {
  const fStep = (<usize>inChannels) << 2;
  const blocked = count & ~3;
  let wide: usize = 0;
  for (; isWide && wide + WIDE_BYTES <= fStep; wide += WIDE_BYTES) {
    const filter = ft + wide;
    wideProduct(dy, dyStep, 4, filter, 32, fStep, dx + wide, dxStep, blocked, outChannels, true);
  }
  let q = 0;
  for (; q + 4 <= count; q += 4) {
    const upstream = dy + <usize>q * dyStep;
    const pixels = dx + <usize>q * dxStep;
    let a = wide;
    for (; a + 32 <= fStep; a += 32) {
      const o = pixels + a;
      let c00 = v128.load(o),
        c01 = v128.load(o, 16);
      let c10 = v128.load(o + dxStep),
        c11 = v128.load(o + dxStep, 16);
      let c20 = v128.load(o + 2 * dxStep),
        c21 = v128.load(o + 2 * dxStep, 16);
      let c30 = v128.load(o + 3 * dxStep),
        c31 = v128.load(o + 3 * dxStep, 16);
      let f = ft + a;
      let u = upstream;
      for (let b = 0; b < outChannels; b++) {
        const f0 = v128.load(f);
        const f1 = v128.load(f, 16);
        const d0 = v128.load32_splat(u);
        c00 = multiplyAdd(d0, f0, c00);
        c01 = multiplyAdd(d0, f1, c01);
        const d1 = v128.load32_splat(u + dyStep);
        c10 = multiplyAdd(d1, f0, c10);
        c11 = multiplyAdd(d1, f1, c11);
        const d2 = v128.load32_splat(u + 2 * dyStep);
        c20 = multiplyAdd(d2, f0, c20);
        c21 = multiplyAdd(d2, f1, c21);
        const d3 = v128.load32_splat(u + 3 * dyStep);
        c30 = multiplyAdd(d3, f0, c30);
        c31 = multiplyAdd(d3, f1, c31);
        u += 4;
        f += fStep;
      }
      v128.store(o, c00);
      v128.store(o, c01, 16);
      v128.store(o + dxStep, c10);
      v128.store(o + dxStep, c11, 16);
      v128.store(o + 2 * dxStep, c20);
      v128.store(o + 2 * dxStep, c21, 16);
      v128.store(o + 3 * dxStep, c30);
      v128.store(o + 3 * dxStep, c31, 16);
    }
    if (a < fStep) {
      for (let r: usize = 0; r < 4; r++) {
        addRow(
          upstream + r * dyStep,
          ft + a,
          pixels + r * dxStep + a,
          outChannels,
          fStep,
          fStep - a,
        );
      }
    }
  }
  for (; q < count; q++) {
    addRow(dy + <usize>q * dyStep, ft, dx + <usize>q * dxStep, outChannels, fStep, fStep);
  }
}

/** The same for one pixel with `bytes` of channels. */
function addRow(u: usize, ft: usize, o: usize, outChannels: i32, fStep: usize, bytes: usize): void {
  let a: usize = 0;
  for (; a + 16 <= bytes; a += 16) {
    let c = v128.load(o + a);
    let f = ft + a;
    for (let b = 0; b < outChannels; b++) {
      c = multiplyAdd(v128.load32_splat(u + ((<usize>b) << 2)), v128.load(f), c);
      f += fStep;
    }
    v128.store(o + a, c);
  }
  for (; a < bytes; a += 4) {
    let c = load<f32>(o + a);
    let f = ft + a;
    for (let b = 0; b < outChannels; b++) {
      c += load<f32>(u + ((<usize>b) << 2)) * load<f32>(f);
      f += fStep;
    }
    store<f32>(o + a, c);
  }
}
