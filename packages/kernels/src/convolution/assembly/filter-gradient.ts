// Filter gradient of 2-D convolutions, NHWC, by products of matrices.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { fourByEight } from '../../wasm/assembly/narrow-tile';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';
import { firstInside, outputsInside, placeOfRow } from './inside';
import { afterShape, SHAPE_FLOATS, Shape, shapeAt } from './shape';
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
 * The number of floats that `convolutionFilterGradient` needs as scratch space: the shape,
 * the rows of a chunk of both operands, and sums with as many rows as a row is long.
 */
export function convolutionFilterGradientScratch(
  inChannels: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
): f64 {
  const length = rowLength(tapsTogether(filterHeight, filterWidth, inChannels), inChannels);
  const rows = <f64>(stepOf(length) >> 2) + <f64>outChannels;
  return SHAPE_FLOATS + <f64>rowsInChunk(length) * rows + <f64>length * <f64>outChannels;
}

/**
 * Filter gradient:
 *
 * df[i, j, a, b] = Σ x[n, s p + d i − top, s q + d j − left, a] · dy[n, p, q, b]
 *
 * `writeConvolutionShape` writes the sizes to the start of the scratch space.
 *
 * The outer loop takes a chunk of outputs [n, p, q], the inner loop a tap of the filter: df[i, j]
 * grows by a product xᵀ dy. If rows of outputs are long, a chunk is one row, and x are its pixels
 * in place. Otherwise the rows of x are copies of the pixels that the chunk meets, with those of
 * neighbouring taps side by side in one product. They are padded with zeros to a multiple of four
 * values. Sums of padded products are copied to df at the end.
 */
export function convolutionFilterGradient(x: usize, dy: usize, df: usize, scratch: usize): void {
  const shape = shapeAt(scratch);
  const inChannels = shape.inChannels;
  const outWidth = shape.outWidth;
  const outChannels = shape.outChannels;
  const filterHeight = shape.filterHeight;
  const filterWidth = shape.filterWidth;
  const taps = filterHeight * filterWidth;
  const longRow = isWide ? LONG_ROW_WIDE : LONG_ROW;
  const isLong = outWidth >= longRow && inChannels >= FEWEST_OF_ROW && inChannels % 4 === 0;
  const together = isLong ? 1 : tapsTogether(filterHeight, filterWidth, inChannels);
  const length = rowLength(together, inChannels);
  const chunk = isLong ? outWidth : rowsInChunk(length);
  const dyBytes = (<usize>outChannels) << 2;
  const dfBytes = <usize>(taps * inChannels) * dyBytes;
  const step = stepOf(length);
  const isPacked = !isLong && isAligned(dyBytes);
  const isPadded = length > together * inChannels;
  const copies = afterShape(scratch);
  const panels = copies + <usize>chunk * step;
  const sums = isPadded ? panels + <usize>chunk * dyBytes : df;
  memory.fill(sums, 0, isPadded ? <usize>length * dyBytes : dfBytes);
  if (isPadded) memory.fill(copies, 0, <usize>chunk * step);
  const outputs = shape.batch * shape.outHeight * outWidth;
  for (let start = 0; start < outputs; start += chunk) {
    const end = min(start + chunk, outputs);
    const upstream = dy + <usize>start * dyBytes;
    if (isLong) {
      addLine(x, upstream, sums, start / outWidth, shape);
      continue;
    }
    if (isPacked) toPanels(upstream, panels, end - start, dyBytes);
    for (let tap = 0; tap < taps; tap += together) {
      gatherTaps(x, copies, step, start, end, tap, together, shape);
      addOuterProducts(
        copies,
        step,
        isPacked ? panels : upstream,
        isPacked ? WIDE_BYTES : dyBytes,
        isPacked ? <usize>(end - start) * WIDE_BYTES : WIDE_BYTES,
        sums + <usize>(tap * inChannels) * dyBytes,
        end - start,
        length,
        outChannels,
      );
    }
  }
  if (isPadded) memory.copy(df, sums, dfBytes);
}

/** Adds the products of one row [n, p] of outputs with the pixels that each tap meets, in place. */
function addLine(x: usize, dy: usize, df: usize, line: i32, shape: Shape): void {
  const channels = shape.inChannels;
  const pixel = (<usize>channels) << 2;
  const dyBytes = (<usize>shape.outChannels) << 2;
  for (let tap = 0; tap < shape.filterHeight * shape.filterWidth; tap++) {
    const row = (tap / shape.filterWidth) * shape.dilationHeight - shape.top;
    const column = (tap % shape.filterWidth) * shape.dilationWidth - shape.left;
    const place = placeOfRow(line, row, shape);
    const first = firstInside(column, shape.strideWidth);
    const count = outputsInside(column, first, shape);
    if (place < 0 || count <= 0) continue;
    addOuterProducts(
      x + <usize>(place + first * shape.strideWidth + column) * pixel,
      <usize>shape.strideWidth * pixel,
      dy + <usize>first * dyBytes,
      dyBytes,
      WIDE_BYTES,
      df + <usize>(tap * channels) * dyBytes,
      count,
      channels,
      shape.outChannels,
    );
  }
}

/** Copies the pixels that `together` taps meet at some outputs, with the taps side by side. */
function gatherTaps(
  x: usize,
  copies: usize,
  step: usize,
  start: i32,
  end: i32,
  tap: i32,
  together: i32,
  shape: Shape,
): void {
  const across = min(together, shape.filterWidth);
  const column = (tap % shape.filterWidth) * shape.dilationWidth - shape.left;
  for (let k = 0; k < together; k += across) {
    const row = ((tap + k) / shape.filterWidth) * shape.dilationHeight - shape.top;
    const to = copies + ((<usize>(k * shape.inChannels)) << 2);
    gatherRows(x, to, step, start, end, row, column, across, shape);
  }
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
      fourByEight(source, dy + b, rows + b, count, xStep, dyStep, fStep);
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
