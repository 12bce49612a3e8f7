// Forward 2-D convolution, NHWC.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { isWide, wideProduct, wideRows } from '../../wasm/assembly/wide-tile';
import { paddedRows, paddedRowsFloats, rowsOf } from './padded-rows';
import { afterShape, SHAPE_FLOATS, Shape, shapeAt } from './shape';

/** Output channels in one panel of the packed filter. They are summed together. */
const PANEL: i32 = 8;

/** Pixels of a row of `pointwise`. All panels of the filter read them from the cache. */
const POINTS: i32 = 48;

/**
 * The number of floats that `convolutionForward` needs as scratch space: the shape, the packed
 * filter and padded rows. With fewer than 8 output channels it also holds one output row of 8
 * channels.
 */
export function convolutionForwardScratch(
  inChannels: i32,
  outWidth: i32,
  outChannels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideWidth: i32,
  dilationWidth: i32,
): f64 {
  const panels = <f64>((outChannels + PANEL - 1) / PANEL);
  const filter = panels * <f64>(filterHeight * filterWidth * PANEL) * <f64>inChannels;
  const rows = paddedRowsFloats(
    inChannels,
    outWidth,
    filterHeight,
    filterWidth,
    strideWidth,
    dilationWidth,
  );
  const aside = outChannels < PANEL ? <f64>outWidth * <f64>PANEL : 0;
  return SHAPE_FLOATS + filter + rows + aside;
}

/**
 * Forward convolution:
 *
 * y[n, p, q, b] = Σ x[n, s p + d i − top, s q + d j − left, a] · f[i, j, a, b]
 *
 * `writeConvolutionShape` writes the sizes to the start of the scratch space.
 *
 * One pass. The filter is first packed into panels of 8 output channels. The loops run over images,
 * output rows, panels, and blocks of 4 pixels. The rows of x under some output rows are copied to
 * scratch with their padding, if they need any. The taps and channels of a filter row are then one
 * contiguous run; in a dilated filter each tap is a run. The inner loop follows the runs and sums 4
 * pixels × 8 channels in registers.
 *
 * The last block of a row and the last panel overlap their neighbours, so all have full size. Fewer
 * than 8 channels are computed as 8 in scratch, and then copied.
 */
export function convolutionForward(x: usize, f: usize, y: usize, scratch: usize): void {
  const shape = shapeAt(scratch);
  const outChannels = shape.outChannels;
  const isNarrow = outChannels < PANEL;
  const outHeight = shape.outHeight;
  const panels = (outChannels + PANEL - 1) / PANEL;
  const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
  const aside = afterShape(scratch);
  const filter = aside + (isNarrow ? (<usize>shape.outWidth * PANEL) << 2 : 0);
  packFilter(f, filter, taps, outChannels, panels);
  if (!isNarrow && seesOnePixel(shape)) {
    pointwise(x, filter, y, shape);
    return;
  }
  const rows = paddedRows(filter + ((<usize>panels * taps * PANEL) << 2), shape, true);
  const pixel = (<usize>outChannels) << 2;
  const outStep = isNarrow ? (<usize>PANEL) << 2 : pixel;
  const outRow = <usize>shape.outWidth * pixel;
  const imageBytes = (<usize>(shape.inHeight * shape.inWidth * shape.inChannels)) << 2;
  let target = y;
  for (let n = 0; n < shape.batch; n++) {
    for (let first = 0; first < outHeight; first += rows.outputs) {
      const count = min(rows.outputs, outHeight - first);
      let from = rowsOf(x + <usize>n * imageBytes, rows, first, count, shape);
      for (let p = 0; p < count; p++) {
        sumRow(from, rows.tapStep, filter, isNarrow ? aside : target, outStep, shape);
        for (let q: usize = 0; isNarrow && q < <usize>shape.outWidth; q++) {
          memory.copy(target + q * pixel, aside + q * outStep, pixel);
        }
        from += rows.outputStep;
        target += outRow;
      }
    }
  }
}

/** Whether each output sees one pixel, and each pixel is seen. */
function seesOnePixel(shape: Shape): bool {
  const isPoint = shape.filterHeight === 1 && shape.filterWidth === 1;
  const isUnit = shape.strideHeight === 1 && shape.strideWidth === 1;
  const isSame = shape.inHeight === shape.outHeight && shape.inWidth === shape.outWidth;
  return isPoint && isUnit && isSame && shape.top === 0 && shape.left === 0;
}

/** A convolution at stride 1 with a 1×1 filter, in rows that do not end with those of the map. */
function pointwise(x: usize, filter: usize, y: usize, shape: Shape): void {
  const pixels = shape.batch * shape.inHeight * shape.inWidth;
  const inPixel = (<usize>shape.inChannels) << 2;
  const outPixel = (<usize>shape.outChannels) << 2;
  for (let first = 0; first < pixels; first += POINTS) {
    shape.outWidth = min(POINTS, pixels - first);
    sumRow(x + <usize>first * inPixel, 0, filter, y + <usize>first * outPixel, outPixel, shape);
  }
}

/**
 * Computes one row of outputs, `outStep` bytes apart, from padded rows and the packed filter. The
 * rows under two taps are `tapStep` bytes apart.
 */
function sumRow(
  rows: usize,
  tapStep: usize,
  filters: usize,
  out: usize,
  outStep: usize,
  shape: Shape,
): void {
  const outWidth = shape.outWidth;
  const outChannels = shape.outChannels;
  const filterHeight = shape.filterHeight;
  const isDilated = shape.dilationWidth !== 1;
  const runs = isDilated ? shape.filterWidth : 1;
  const run = isDilated ? shape.inChannels : shape.filterWidth * shape.inChannels;
  const runStep = (<usize>(shape.dilationWidth * shape.inChannels)) << 2;
  const runBytes = (<usize>run) << 2;
  const xStep = (<usize>(shape.strideWidth * shape.inChannels)) << 2;
  const panelBytes = (<usize>filterHeight * shape.filterWidth * shape.inChannels * PANEL) << 2;
  let panel = 0;
  for (; isWide && outWidth >= 4 && (panel + 2) * PANEL <= outChannels; panel += 2) {
    sixteenChannels(
      rows,
      filters + <usize>panel * panelBytes,
      panelBytes,
      out + ((<usize>panel * PANEL) << 2),
      outWidth,
      filterHeight,
      runs,
      runStep,
      run,
      tapStep,
      xStep,
      outStep,
    );
  }
  for (; panel * PANEL < outChannels; panel++) {
    const filter = filters + <usize>panel * panelBytes;
    const y = out + ((<usize>max(0, min(panel * PANEL, outChannels - PANEL))) << 2);
    for (let q = 0; outWidth < 4 && q < outWidth; q++) {
      const from = rows + <usize>q * xStep;
      onePixel(from, filter, y + <usize>q * outStep, filterHeight, runs, runStep, run, tapStep);
    }
    for (let block = 0; outWidth >= 4 && block < outWidth; block += 4) {
      const q = <usize>min(block, outWidth - 4);
      fourPixels(
        rows + q * xStep,
        filter,
        y + q * outStep,
        filterHeight,
        runs,
        runStep,
        runBytes,
        tapStep,
        xStep,
        outStep,
      );
    }
  }
}

/**
 * Packs [taps, outChannels] into [panels, taps, 8]. The last panel starts 8 channels before the
 * end. Fewer than 8 channels are filled up with zeros.
 */
function packFilter(f: usize, target: usize, taps: i32, outChannels: i32, panels: i32): void {
  if (outChannels < PANEL) {
    const bytes = (<usize>outChannels) << 2;
    memory.fill(target, 0, (<usize>taps * PANEL) << 2);
    for (let tap: usize = 0; tap < <usize>taps; tap++) {
      memory.copy(target + ((tap * PANEL) << 2), f + tap * bytes, bytes);
    }
    return;
  }
  for (let panel = 0; panel < panels; panel++) {
    let from = f + ((<usize>min(panel * PANEL, outChannels - PANEL)) << 2);
    for (let tap = 0; tap < taps; tap++) {
      v128.store(target, v128.load(from));
      v128.store(target, v128.load(from, 16), 16);
      from += (<usize>outChannels) << 2;
      target += (<usize>PANEL) << 2;
    }
  }
}

/** Sums 4 pixels × 8 output channels in registers, over all taps and input channels. */
function fourPixels(
  x: usize,
  f: usize,
  y: usize,
  filterHeight: i32,
  runs: i32,
  runStep: usize,
  runBytes: usize,
  tapStep: usize,
  xStep: usize,
  yStep: usize,
): void {
  let c00 = f32x4.splat(0),
    c01 = f32x4.splat(0),
    c10 = f32x4.splat(0),
    c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0),
    c21 = f32x4.splat(0),
    c30 = f32x4.splat(0),
    c31 = f32x4.splat(0);
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < runs; j++) {
      let at = x + <usize>j * runStep;
      const end = at + runBytes;
      while (at < end) {
        const f0 = v128.load(f);
        const f1 = v128.load(f, 16);
        const x0 = v128.load32_splat(at);
        c00 = multiplyAdd(x0, f0, c00);
        c01 = multiplyAdd(x0, f1, c01);
        const x1 = v128.load32_splat(at + xStep);
        c10 = multiplyAdd(x1, f0, c10);
        c11 = multiplyAdd(x1, f1, c11);
        const x2 = v128.load32_splat(at + 2 * xStep);
        c20 = multiplyAdd(x2, f0, c20);
        c21 = multiplyAdd(x2, f1, c21);
        const x3 = v128.load32_splat(at + 3 * xStep);
        c30 = multiplyAdd(x3, f0, c30);
        c31 = multiplyAdd(x3, f1, c31);
        f += 32;
        at += 4;
      }
    }
    x += tapStep;
  }
  v128.store(y, c00);
  v128.store(y, c01, 16);
  v128.store(y + yStep, c10);
  v128.store(y + yStep, c11, 16);
  v128.store(y + 2 * yStep, c20);
  v128.store(y + 2 * yStep, c21, 16);
  v128.store(y + 3 * yStep, c30);
  v128.store(y + 3 * yStep, c31, 16);
}

/** The same for a row of pixels and the 16 channels of two panels, in wide tiles. */
function sixteenChannels(
  x: usize,
  f: usize,
  panelBytes: usize,
  y: usize,
  outWidth: i32,
  filterHeight: i32,
  runs: i32,
  runStep: usize,
  run: i32,
  tapStep: usize,
  xStep: usize,
  yStep: usize,
): void {
  for (let q = 0; q < outWidth; ) {
    const tile = wideRows(q, outWidth);
    const from = <usize>min(q, outWidth - tile);
    let filter = f;
    for (let i = 0; i < filterHeight; i++) {
      for (let j = 0; j < runs; j++) {
        const at = x + from * xStep + <usize>i * tapStep + <usize>j * runStep;
        const to = y + from * yStep;
        const isAdded = i + j > 0;
        wideProduct(at, xStep, 4, filter, panelBytes, 32, to, yStep, tile, run, isAdded);
        filter += (<usize>run) << 5;
      }
    }
    q += tile;
  }
}

/** The same for one pixel, in rows of fewer than four. */
function onePixel(
  x: usize,
  f: usize,
  y: usize,
  filterHeight: i32,
  runs: i32,
  runStep: usize,
  run: i32,
  tapStep: usize,
): void {
  let c0 = f32x4.splat(0),
    c1 = f32x4.splat(0);
  for (let i = 0; i < filterHeight; i++) {
    for (let j = 0; j < runs; j++) {
      const at = x + <usize>j * runStep;
      for (let t = 0; t < run; t++) {
        const value = v128.load32_splat(at + ((<usize>t) << 2));
        c0 = multiplyAdd(value, v128.load(f), c0);
        c1 = multiplyAdd(value, v128.load(f, 16), c1);
        f += 32;
      }
    }
    x += tapStep;
  }
  v128.store(y, c0);
  v128.store(y, c1, 16);
}
