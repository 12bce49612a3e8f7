// Filter gradient of 2-D convolutions, NHWC, by products of matrices.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';
import { endInside, firstInside } from './inside';
import { gatherRows, rowsInChunk } from './tap-rows';

/** With fewer channels, copies of single taps take too long. */
const FEWEST_OF_TAP: i32 = 64;
/** With fewer channels, the product of one row of taps has too few rows for whole tiles. */
const FEWEST_OF_ROW: i32 = 16;

/** Outputs in a row from which on sums along the row cost less than copies of its pixels. */
const LONG_ROW: i32 = 8;
const LONG_ROW_WIDE: i32 = 16;

/** The number of taps whose channels are side by side in one product: one, one row, or all. */
function tapsTogether(filterHeight: i32, filterWidth: i32, inChannels: i32): i32 {
  if (inChannels < FEWEST_OF_ROW || inChannels % 4 !== 0) return filterHeight * filterWidth;
  return inChannels < FEWEST_OF_TAP ? filterWidth : 1;
}

/** The length of a row of the product's left matrix: the channels of the taps, up to four more. */
function rowLength(taps: i32, inChannels: i32): i32 {
  return (taps * inChannels + 3) & ~3;
}

/** Bytes from one copied row to the next: an odd number of cache lines, to use all cache sets. */
function stepOf(length: i32): usize {
  return ((((<usize>length) << 2) + 63) & ~63) | 64;
}

/** Whether rows of dy so long would fall into few cache sets. */
function isAligned(dyBytes: usize): bool {
  return dyBytes % 256 === 0;
}

/**
 * The number of floats that `convolutionFilterGradient` needs as scratch space: the rows of a
 * chunk of both operands, and sums with as many rows as a row is long.
 */
export function convolutionFilterGradientScratch(
  inChannels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
): f64 {
  const length = rowLength(tapsTogether(filterHeight, filterWidth, inChannels), inChannels);
  const rows = <f64>(stepOf(length) >> 2) + <f64>outChannels;
  return <f64>rowsInChunk(length) * rows + <f64>length * <f64>outChannels;
}

/**
 * Filter gradient:
 *
 * df[i, j, a, b] = Σ x[n, s p + d i − top, s q + d j − left, a] · dy[n, p, q, b]
 *
 * df[i, j] is a sum of products xᵀ dy over rows of pixels and of dy. If the rows of outputs are
 * long, each one is multiplied as it lies in memory. Else the loops run over chunks of outputs
 * [n, p, q], and copies of the pixels that they meet are the rows of x. Then the pixels of
 * neighbouring taps lie side by side, and one product serves all of them.
 */
export function convolutionFilterGradient(
  x: usize,
  dy: usize,
  df: usize,
  scratch: usize,
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
  const longRow = isWide ? LONG_ROW_WIDE : LONG_ROW;
  if (outWidth >= longRow && inChannels >= FEWEST_OF_ROW && inChannels % 4 === 0) {
    sumAlongRows(
      x,
      dy,
      df,
      batch,
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
      dilationHeight,
      dilationWidth,
      top,
      left,
    );
  } else {
    sumOverCopies(
      x,
      dy,
      df,
      scratch,
      batch,
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
      dilationHeight,
      dilationWidth,
      top,
      left,
    );
  }
}

/**
 * The loops run over images, rows of dy, and taps. Each product is of one row of dy with the pixels
 * that the tap meets there.
 */
function sumAlongRows(
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
  const xStep = (<usize>(strideWidth * inChannels)) << 2;
  const dyStep = (<usize>outChannels) << 2;
  memory.fill(df, 0, <usize>(filterHeight * filterWidth * inChannels) * dyStep);
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < outHeight; p++) {
      const dyRow = dy + <usize>((n * outHeight + p) * outWidth) * dyStep;
      for (let i = 0; i < filterHeight; i++) {
        const row = p * strideHeight + i * dilationHeight - top;
        if (row < 0 || row >= inHeight) continue;
        const xRow = x + ((<usize>((n * inHeight + row) * inWidth * inChannels)) << 2);
        for (let j = 0; j < filterWidth; j++) {
          const offset = j * dilationWidth - left;
          const first = firstInside(offset, strideWidth);
          const end = min(outWidth, endInside(offset, strideWidth, inWidth));
          if (first >= end) continue;
          addOuterProducts(
            xRow + ((<usize>((first * strideWidth + offset) * inChannels)) << 2),
            xStep,
            dyRow + <usize>first * dyStep,
            dyStep,
            WIDE_BYTES,
            df + <usize>((i * filterWidth + j) * inChannels) * dyStep,
            end - first,
            inChannels,
            outChannels,
          );
        }
      }
    }
  }
}

/**
 * The outer loop takes a chunk of outputs [n, p, q] at a time, the inner loop some taps of the
 * filter. Rows of x whose length is no multiple of four are filled up with zeros, and the sums of
 * their products are copied to df at the end.
 */
function sumOverCopies(
  x: usize,
  dy: usize,
  df: usize,
  scratch: usize,
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
  const taps = filterHeight * filterWidth;
  const together = tapsTogether(filterHeight, filterWidth, inChannels);
  const length = rowLength(together, inChannels);
  const tapsAcross = min(together, filterWidth);
  const step = stepOf(length);
  const tapBytes = (<usize>inChannels) << 2;
  const dyBytes = (<usize>outChannels) << 2;
  const dfBytes = <usize>(taps * inChannels) * dyBytes;
  const chunk = rowsInChunk(length);
  const outputs = batch * outHeight * outWidth;
  const isFilled = length > together * inChannels;
  const panels = scratch + <usize>chunk * step;
  const sums = isFilled ? panels + <usize>chunk * dyBytes : df;
  memory.fill(sums, 0, isFilled ? <usize>length * dyBytes : dfBytes);
  if (isFilled) memory.fill(scratch, 0, <usize>chunk * step);
  for (let first = 0; first < outputs; first += chunk) {
    const end = min(first + chunk, outputs);
    const count = end - first;
    let upstream = dy + <usize>first * dyBytes;
    let dyStep = dyBytes;
    let blockStep = WIDE_BYTES;
    if (isAligned(dyBytes)) {
      toPanels(upstream, panels, count, dyBytes);
      upstream = panels;
      dyStep = WIDE_BYTES;
      blockStep = <usize>count * WIDE_BYTES;
    }
    for (let tap = 0; tap < taps; tap += together) {
      for (let k = 0; k < together; k += tapsAcross) {
        gatherRows(
          x,
          scratch + <usize>k * tapBytes,
          step,
          first,
          end,
          inHeight,
          inWidth,
          inChannels,
          outHeight,
          outWidth,
          strideHeight,
          strideWidth,
          ((tap + k) / filterWidth) * dilationHeight - top,
          ((tap + k) % filterWidth) * dilationWidth - left,
          tapsAcross,
          dilationWidth,
        );
      }
      addOuterProducts(
        scratch,
        step,
        upstream,
        dyStep,
        blockStep,
        sums + <usize>(tap * inChannels) * dyBytes,
        count,
        length,
        outChannels,
      );
    }
  }
  if (isFilled) memory.copy(df, sums, dfBytes);
}

/** Copies rows of dy to panels of sixteen channels: [panels, count, 16]. */
function toPanels(dy: usize, panels: usize, count: i32, bytes: usize): void {
  for (let b: usize = 0; b < bytes; b += WIDE_BYTES) {
    let from = dy + b;
    for (let q = 0; q < count; q++) {
      v128.store(panels, v128.load(from));
      v128.store(panels, v128.load(from, 16), 16);
      v128.store(panels, v128.load(from, 32), 32);
      v128.store(panels, v128.load(from, 48), 48);
      panels += WIDE_BYTES;
      from += bytes;
    }
  }
}

/**
 * f [inChannels, outChannels] += x [count, inChannels]ᵀ · dy [count, outChannels]. inChannels is a
 * multiple of four. Each sixteen channels of dy lie `blockStep` bytes after those before, with
 * `dyStep` bytes from one row to the next.
 */
function addOuterProducts(
  x: usize,
  xStep: usize,
  dy: usize,
  dyStep: usize,
  blockStep: usize,
  f: usize,
  count: i32,
  inChannels: i32,
  outChannels: i32,
): void {
  const fStep = (<usize>outChannels) << 2;
  let wide: usize = 0;
  for (; isWide && wide + WIDE_BYTES <= fStep; wide += WIDE_BYTES) {
    const block = dy + (wide / WIDE_BYTES) * blockStep;
    wideProduct(x, 4, xStep, block, 32, dyStep, f + wide, fStep, inChannels, count, true);
  }
  for (; wide < fStep; wide += WIDE_BYTES) {
    const block = dy + (wide / WIDE_BYTES) * blockStep;
    const bytes = min(WIDE_BYTES, fStep - wide);
    addBlock(x, xStep, block, dyStep, f + wide, fStep, bytes, count, inChannels);
  }
}

/** The same for `bytes` of the channels of dy, in tiles of four rows and eight columns. */
function addBlock(
  x: usize,
  xStep: usize,
  dy: usize,
  dyStep: usize,
  f: usize,
  fStep: usize,
  bytes: usize,
  count: i32,
  inChannels: i32,
): void {
  for (let a = 0; a < inChannels; a += 4) {
    const source = x + ((<usize>a) << 2);
    const rows = f + <usize>a * fStep;
    let b: usize = 0;
    for (; b + 32 <= bytes; b += 32) {
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
    if (b < bytes) {
      for (let r: usize = 0; r < 4; r++) {
        outerRow(source + (r << 2), dy + b, rows + r * fStep + b, count, xStep, dyStep, bytes - b);
      }
    }
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
