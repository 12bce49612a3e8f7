// Input gradient of 2-D convolutions, NHWC, by products of matrices.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';
import { firstInside, outputsInside, placeOfRow } from './inside';
import { afterShape, SHAPE_FLOATS, Shape, shapeAt } from './shape';
import { gatherRows, rowsInChunk, scatterRows } from './tap-rows';

/** With fewer channels, or with few and long rows of outputs, copies cost more than they save. */
const FEWEST_CHANNELS: i32 = 16;
const FEW_CHANNELS: i32 = 64;
const LONG_ROW: i32 = 16;

/** The number of floats that `convolutionInputGradient` needs as scratch space. */
export function convolutionInputGradientScratch(inChannels: i32, outWidth: i32): f64 {
  return SHAPE_FLOATS + <f64>wholeRows(inChannels, outWidth) * <f64>inChannels;
}

/** The number of outputs in a chunk of whole rows, a multiple of four if there are many rows. */
function wholeRows(inChannels: i32, outWidth: i32): i32 {
  const rows = rowsInChunk(inChannels) / outWidth;
  return max(1, rows > 4 ? rows & ~3 : rows) * outWidth;
}

/**
 * Input gradient:
 *
 * dx[n, s p + d i − top, s q + d j − left, a] += dy[n, p, q, b] · ft[i, j, b, a]
 *
 * `writeConvolutionShape` writes the sizes to the start of the scratch space.
 *
 * `ft` is the filter with its channels exchanged, [kh, kw, co, ci]. dx is cleared first. The outer
 * loop takes whole rows of outputs [n, p], the inner loop a tap of the filter: pixels of dx grow by
 * the product of rows of dy with ft[i, j]. With few channels, the outer loop takes one row of
 * outputs, and pixels of dx grow in place. Otherwise it takes several rows. The pixels that the tap
 * meets are copied to rows side by side. These grow, and are copied back.
 *
 * Both ways add to a pixel in the same order: by p, then by j. A later p meets it with an earlier
 * i, so with several rows of outputs the loop over i runs backwards.
 */
export function convolutionInputGradient(dy: usize, ft: usize, dx: usize, scratch: usize): void {
  const shape = shapeAt(scratch);
  const inChannels = shape.inChannels;
  const outWidth = shape.outWidth;
  const outChannels = shape.outChannels;
  const pixels = shape.batch * shape.inHeight * shape.inWidth;
  memory.fill(dx, 0, (<usize>(pixels * inChannels)) << 2);
  const isLong = outWidth >= LONG_ROW && inChannels < FEW_CHANNELS;
  const isInPlace = isLong || inChannels < FEWEST_CHANNELS;
  const chunk = isInPlace ? outWidth : wholeRows(inChannels, outWidth);
  const dyBytes = (<usize>outChannels) << 2;
  const outputs = shape.batch * shape.outHeight * outWidth;
  for (let start = 0; start < outputs; start += chunk) {
    const end = min(start + chunk, outputs);
    const upstream = dy + <usize>start * dyBytes;
    if (isInPlace) addLine(upstream, ft, dx, start / outWidth, shape);
    else addLines(upstream, ft, dx, afterShape(scratch), start, end, shape);
  }
}

/** Adds what one row [n, p] of outputs gives, to the pixels in place. */
function addLine(dy: usize, ft: usize, dx: usize, line: i32, shape: Shape): void {
  const bytes = (<usize>shape.inChannels) << 2;
  const dyBytes = (<usize>shape.outChannels) << 2;
  for (let tap = 0; tap < shape.filterHeight * shape.filterWidth; tap++) {
    const row = (tap / shape.filterWidth) * shape.dilationHeight - shape.top;
    const column = (tap % shape.filterWidth) * shape.dilationWidth - shape.left;
    const place = placeOfRow(line, row, shape);
    const first = firstInside(column, shape.strideWidth);
    const count = outputsInside(column, first, shape);
    if (place < 0 || count <= 0) continue;
    addProducts(
      dy + <usize>first * dyBytes,
      ft + <usize>(tap * shape.outChannels) * bytes,
      dx + <usize>(place + first * shape.strideWidth + column) * bytes,
      <usize>shape.strideWidth * bytes,
      count,
      shape.outChannels,
      shape.inChannels,
    );
  }
}

/** Adds what the outputs `start` to `end` give, whole rows, to copies of the pixels. */
function addLines(
  dy: usize,
  ft: usize,
  dx: usize,
  copies: usize,
  start: i32,
  end: i32,
  shape: Shape,
): void {
  const bytes = (<usize>shape.inChannels) << 2;
  for (let i = shape.filterHeight - 1; i >= 0; i--) {
    const row = i * shape.dilationHeight - shape.top;
    for (let j = 0; j < shape.filterWidth; j++) {
      const column = j * shape.dilationWidth - shape.left;
      const filter = ft + <usize>((i * shape.filterWidth + j) * shape.outChannels) * bytes;
      gatherRows(dx, copies, bytes, start, end, row, column, 1, shape);
      addProducts(dy, filter, copies, bytes, end - start, shape.outChannels, shape.inChannels);
      scatterRows(copies, dx, bytes, start, end, row, column, shape);
    }
  }
}

/**
 * dx [count, inChannels] += dy [count, outChannels] · ft [outChannels, inChannels]. Rows of dx are
 * `dxStep` bytes apart.
 */
function addProducts(
  dy: usize,
  ft: usize,
  dx: usize,
  dxStep: usize,
  count: i32,
  outChannels: i32,
  inChannels: i32,
): void {
  const dyStep = (<usize>outChannels) << 2;
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
