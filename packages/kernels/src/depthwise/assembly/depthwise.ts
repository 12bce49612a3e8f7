// Depthwise 2-D convolutions, NHWC: the forward pass, and the gradients of x and of the filter.
// Here each channel has one filter. If a channel has several filters, the caller repeats its values
// before the call, and sums its gradients afterwards.

import { endInside, firstInside } from '../../convolution/assembly/inside';
import { multiplyAdd } from '../../wasm/assembly/multiply-add';

/**
 * Forward convolution, summed over the taps inside x:
 *
 * y[n, p, q, c] = Σ x[n, s p + d i − top, s q + d j − left, c] · f[i, j, c]
 *
 * One pass without scratch. The loops run over images and over the rows and columns of y. For each
 * output pixel, blocks of 16 channels are summed over the taps in registers.
 */
export function depthwiseForward(
  x: usize,
  f: usize,
  y: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = channels << 2;
  let target = y;
  for (let n = 0; n < batch; n++) {
    const image = x + <usize>(n * inHeight * inWidth) * <usize>pixel;
    for (let p = 0; p < outHeight; p++) {
      const row = p * strideHeight - top;
      const i = firstInside(row, dilationHeight);
      const rows = min(filterHeight, endInside(row, dilationHeight, inHeight)) - i;
      const line = image + <usize>((row + i * dilationHeight) * inWidth) * <usize>pixel;
      const filterLine = f + <usize>(i * filterWidth) * <usize>pixel;
      for (let q = 0; q < outWidth; q++) {
        const column = q * strideWidth - left;
        const j = firstInside(column, dilationWidth);
        sumOfTaps(
          line + <usize>((column + j * dilationWidth) * pixel),
          filterLine + <usize>(j * pixel),
          target,
          pixel,
          rows,
          dilationHeight * inWidth * pixel,
          filterWidth * pixel,
          min(filterWidth, endInside(column, dilationWidth, inWidth)) - j,
          dilationWidth * pixel,
          pixel,
        );
        target += pixel;
      }
    }
  }
}

/**
 * Input gradient, summed over the taps that read a pixel of x:
 *
 * dx[n, s p + d i − top, s q + d j − left, c] = Σ dy[n, p, q, c] · f[i, j, c]
 *
 * One pass without scratch. The loops run over images and over the rows and columns of dx. For each
 * pixel, blocks of 16 channels are summed over the taps in registers.
 */
export function depthwiseInputGradient(
  dy: usize,
  f: usize,
  dx: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = channels << 2;
  // s p + d i is the same for all taps of a pixel. From one tap to the next, i grows by s/g and p
  // falls by d/g, where g is the greatest common divisor of s and d.
  const common = greatestDivisor(strideHeight, dilationHeight);
  const commonAcross = greatestDivisor(strideWidth, dilationWidth);
  const tapsDown = strideHeight / common;
  const tapsAcross = strideWidth / commonAcross;
  const linesUp = dilationHeight / common;
  const pixelsBack = dilationWidth / commonAcross;
  let target = dx;
  for (let n = 0; n < batch; n++) {
    const image = dy + <usize>(n * outHeight * outWidth) * <usize>pixel;
    for (let r = 0; r < inHeight; r++) {
      const reached = r + top;
      const i = firstTap(reached, strideHeight, dilationHeight, outHeight, filterHeight);
      const p = (reached - i * dilationHeight) / strideHeight;
      const rows = i < filterHeight ? min((filterHeight - 1 - i) / tapsDown, p / linesUp) + 1 : 0;
      const line = image + <usize>(p * outWidth * pixel);
      const filterLine = f + <usize>(i * filterWidth) * <usize>pixel;
      for (let c = 0; c < inWidth; c++) {
        const across = c + left;
        const j = firstTap(across, strideWidth, dilationWidth, outWidth, filterWidth);
        const q = (across - j * dilationWidth) / strideWidth;
        sumOfTaps(
          line + <usize>(q * pixel),
          filterLine + <usize>(j * pixel),
          target,
          pixel,
          rows,
          -linesUp * outWidth * pixel,
          tapsDown * filterWidth * pixel,
          j < filterWidth ? min((filterWidth - 1 - j) / tapsAcross, q / pixelsBack) + 1 : 0,
          -pixelsBack * pixel,
          tapsAcross * pixel,
        );
        target += pixel;
      }
    }
  }
}

/**
 * Returns the first tap i for which s p = reached − d i has a solution p < size. Returns `taps`
 * if there is none.
 */
function firstTap(reached: i32, stride: i32, dilation: i32, size: i32, taps: i32): i32 {
  for (let i = 0, rest = reached; i < taps && rest >= 0; i++, rest -= dilation) {
    if (stride === 1 ? rest < size : rest % stride === 0 && rest / stride < size) return i;
  }
  return taps;
}

/** Returns the greatest common divisor. */
function greatestDivisor(a: i32, b: i32): i32 {
  while (b > 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/**
 * y [channels] = Σ x · f over `rows` · `columns` taps. All steps are in bytes. `xDown` and
 * `fDown` step to the next row of taps, `xAcross` and `fAcross` to the next column.
 */
function sumOfTaps(
  x: usize,
  f: usize,
  y: usize,
  bytes: i32,
  rows: i32,
  xDown: i32,
  fDown: i32,
  columns: i32,
  xAcross: i32,
  fAcross: i32,
): void {
  let at = 0;
  for (; at + 64 <= bytes; at += 64) {
    let c0 = f32x4.splat(0),
      c1 = f32x4.splat(0),
      c2 = f32x4.splat(0),
      c3 = f32x4.splat(0);
    let xLine = x + at;
    let fLine = f + at;
    for (let i = 0; i < rows; i++) {
      let xAt = xLine;
      let fAt = fLine;
      for (let j = 0; j < columns; j++) {
        c0 = multiplyAdd(v128.load(xAt), v128.load(fAt), c0);
        c1 = multiplyAdd(v128.load(xAt, 16), v128.load(fAt, 16), c1);
        c2 = multiplyAdd(v128.load(xAt, 32), v128.load(fAt, 32), c2);
        c3 = multiplyAdd(v128.load(xAt, 48), v128.load(fAt, 48), c3);
        xAt += xAcross;
        fAt += fAcross;
      }
      xLine += xDown;
      fLine += fDown;
    }
    v128.store(y + at, c0);
    v128.store(y + at, c1, 16);
    v128.store(y + at, c2, 32);
    v128.store(y + at, c3, 48);
  }
  for (; at + 16 <= bytes; at += 16) {
    let c = f32x4.splat(0);
    let xLine = x + at;
    let fLine = f + at;
    for (let i = 0; i < rows; i++) {
      let xAt = xLine;
      let fAt = fLine;
      for (let j = 0; j < columns; j++) {
        c = multiplyAdd(v128.load(xAt), v128.load(fAt), c);
        xAt += xAcross;
        fAt += fAcross;
      }
      xLine += xDown;
      fLine += fDown;
    }
    v128.store(y + at, c);
  }
  for (; at < bytes; at += 4) {
    let c: f32 = 0;
    let xLine = x + at;
    let fLine = f + at;
    for (let i = 0; i < rows; i++) {
      let xAt = xLine;
      let fAt = fLine;
      for (let j = 0; j < columns; j++) {
        c += load<f32>(xAt) * load<f32>(fAt);
        xAt += xAcross;
        fAt += fAcross;
      }
      xLine += xDown;
      fLine += fDown;
    }
    store<f32>(y + at, c);
  }
}

/**
 * Filter gradient:
 *
 * df[i, j, c] = Σ x[n, s p + d i − top, s q + d j − left, c] · dy[n, p, q, c]
 *
 * One pass without scratch. The loops run over images, rows of dy, and taps. For each row and tap,
 * blocks of 16 channels are summed along the row in registers, and then added to df.
 */
export function depthwiseFilterGradient(
  x: usize,
  dy: usize,
  df: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  memory.fill(df, 0, <usize>(filterHeight * filterWidth) * pixel);
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < outHeight; p++) {
      const upstream = dy + <usize>((n * outHeight + p) * outWidth) * pixel;
      for (let i = 0; i < filterHeight; i++) {
        const row = p * strideHeight + i * dilationHeight - top;
        if (row < 0 || row >= inHeight) continue;
        const line = x + <usize>((n * inHeight + row) * inWidth) * pixel;
        for (let j = 0; j < filterWidth; j++) {
          const offset = j * dilationWidth - left;
          const first = firstInside(offset, strideWidth);
          addRowProducts(
            line + <usize>(first * strideWidth + offset) * pixel,
            upstream + <usize>first * pixel,
            df + <usize>(i * filterWidth + j) * pixel,
            min(outWidth, endInside(offset, strideWidth, inWidth)) - first,
            <usize>strideWidth * pixel,
            pixel,
          );
        }
      }
    }
  }
}

/** f [channels] += Σ x · dy over `count` pixels. The pixels of x are `xStep` bytes apart. */
function addRowProducts(
  x: usize,
  dy: usize,
  f: usize,
  count: i32,
  xStep: usize,
  bytes: usize,
): void {
  if (count <= 0) return;
  let at: usize = 0;
  for (; at + 64 <= bytes; at += 64) {
    let c0 = f32x4.splat(0),
      c1 = f32x4.splat(0),
      c2 = f32x4.splat(0),
      c3 = f32x4.splat(0);
    let s = x + at;
    let u = dy + at;
    for (let q = 0; q < count; q++) {
      c0 = multiplyAdd(v128.load(s), v128.load(u), c0);
      c1 = multiplyAdd(v128.load(s, 16), v128.load(u, 16), c1);
      c2 = multiplyAdd(v128.load(s, 32), v128.load(u, 32), c2);
      c3 = multiplyAdd(v128.load(s, 48), v128.load(u, 48), c3);
      s += xStep;
      u += bytes;
    }
    const to = f + at;
    v128.store(to, f32x4.add(v128.load(to), c0));
    v128.store(to, f32x4.add(v128.load(to, 16), c1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), c2), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), c3), 48);
  }
  for (; at + 16 <= bytes; at += 16) {
    let c = f32x4.splat(0);
    let s = x + at;
    let u = dy + at;
    for (let q = 0; q < count; q++) {
      c = multiplyAdd(v128.load(s), v128.load(u), c);
      s += xStep;
      u += bytes;
    }
    v128.store(f + at, f32x4.add(v128.load(f + at), c));
  }
  for (; at < bytes; at += 4) {
    let c: f32 = 0;
    let s = x + at;
    let u = dy + at;
    for (let q = 0; q < count; q++) {
      c += load<f32>(s) * load<f32>(u);
      s += xStep;
      u += bytes;
    }
    store<f32>(f + at, load<f32>(f + at) + c);
  }
}

/** y [count, times]: each of the `count` values of x, `times` times. One pass without scratch. */
export function repeatValues(x: usize, y: usize, count: i32, times: i32): void {
  const bytes = (<usize>times) << 2;
  for (let i = 0; i < count; i++) {
    const value = v128.load32_splat(x + ((<usize>i) << 2));
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) v128.store(y + at, value);
    for (; at < bytes; at += 4) v128.store32_lane(y + at, value, 0);
    y += bytes;
  }
}

/** y [count] = Σ over the columns of x [count, size]. One pass without scratch. */
export function sumRuns(x: usize, y: usize, count: i32, size: i32): void {
  for (let i = 0; i < count; i++) {
    let sum: f32 = 0;
    for (let t = 0; t < size; t++) {
      sum += load<f32>(x);
      x += 4;
    }
    store<f32>(y + ((<usize>i) << 2), sum);
  }
}
