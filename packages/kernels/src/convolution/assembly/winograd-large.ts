// 3×3 convolutions at stride 1 by Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray 2016).
// Each 4×4 block of outputs takes 36 products for each pair of channels; a direct convolution takes
// 144, F(2×2, 3×3) takes 64.
//
// The points of the transformation are 0, ±5/8, ±3/2 and ∞. The usual points 0, ±1, ±2 and ∞ have
// five times the rounding error of a direct convolution, these have two to three times.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { filterPlane, four, multiplyParts, pixelAt } from './winograd';

/** The points a and b, and their powers. */
export const A: f32 = 0.625;
export const B: f32 = 1.5;
export const A2: f32 = 0.390625;
export const B2: f32 = 2.25;
export const A3: f32 = 0.244140625;
export const B3: f32 = 3.375;
/** a² + b² and a² · b². */
const SUM: f32 = 2.640625;
const PRODUCT: f32 = 0.87890625;
/** One over the product of the differences of a point to the others: of 0, ±a, ±b. */
export const SHARE_0: f32 = <f32>(1 / 0.87890625);
export const SHARE_A: f32 = <f32>(1 / (2 * 0.390625 * (0.390625 - 2.25)));
export const SHARE_B: f32 = <f32>(1 / (2 * 2.25 * (2.25 - 0.390625)));

export const PARTS: i32 = 36;
/** Unused bytes after each plane. Without them all planes would fall into few cache sets. */
const GAP: usize = 64;
/** Output channels in one panel of the transformed filter. */
const PANEL: i32 = 8;

/**
 * The number of tiles that are transformed and multiplied together, a multiple of 4. Their data
 * fits in the second-level cache.
 */
export function tilesOf(channels: i32): i32 {
  return channels > 64 ? 16 : 32;
}

/** Bytes from one plane of tiles to the next. */
export function planeBytes(tiles: i32, channels: i32): usize {
  return ((<usize>(tiles * channels)) << 2) + GAP;
}

/** The number of floats in the planes of a group of tiles. */
export function largePlanesFloats(tiles: i32, channels: i32): f64 {
  return <f64>PARTS * <f64>(planeBytes(tiles, channels) >> 2);
}

/**
 * The number of floats that `winogradLarge` needs as scratch space: the transformed filter, the
 * tiles of x, their products, a tile between the two stages of a transformation, and one pixel of
 * zeros.
 */
export function winogradLargeScratch(inChannels: i32, outChannels: i32): f64 {
  const tiles = tilesOf(max(inChannels, outChannels));
  const filters = <f64>PARTS * <f64>(filterPlane(inChannels, outChannels) >> 2);
  const planes = largePlanesFloats(tiles, inChannels) + largePlanesFloats(tiles, outChannels);
  return filters + planes + <f64>(PARTS + 1) * <f64>max(inChannels, outChannels);
}

/**
 * Forward convolution with a 3×3 filter g, as `winograd` computes it:
 *
 * y[n, p, q, b] = Σ x[n, p + i − top, q + j − left, a] · g[i, j, a, b]
 * y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 *
 * d are the 6×6 tiles of x, which overlap by two. Without `isRotated` g = f. With it g[i, j, a, b]
 * = f[2 − i, 2 − j, b, a], and y is the input gradient of a convolution with f. inChannels must be
 * a multiple of 4, outChannels a multiple of 8.
 *
 * The filter is transformed once into scratch. The outer loop takes a group of tiles at a time: it
 * transforms them, computes 36 matrix products, and transforms the products to y.
 */
export function winogradLarge(
  x: usize,
  f: usize,
  y: usize,
  scratch: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  top: i32,
  left: i32,
  isRotated: bool,
): void {
  const group = tilesOf(max(inChannels, outChannels));
  const inPlane = planeBytes(group, inChannels);
  const outPlane = planeBytes(group, outChannels);
  const filters = scratch;
  const inputs = filters + <usize>PARTS * filterPlane(inChannels, outChannels);
  const products = inputs + <usize>PARTS * inPlane;
  const between = products + <usize>PARTS * outPlane;
  const blank = between + ((<usize>(PARTS * max(inChannels, outChannels))) << 2);
  memory.fill(blank, 0, (<usize>max(inChannels, outChannels)) << 2);
  transformFilter(f, filters, between, inChannels, outChannels, isRotated);
  const down = (outHeight + 3) >> 2;
  const across = (outWidth + 3) >> 2;
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += group) {
    const count = min(group, tiles - first);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const n = tile / (down * across);
      const place = tile - n * down * across;
      const row = 4 * (place / across) - top;
      const column = 4 * (place % across) - left;
      const image = x + ((<usize>n * inHeight * inWidth * inChannels) << 2);
      const target = inputs + ((<usize>(t * inChannels)) << 2);
      transformTile(
        image,
        blank,
        target,
        inPlane,
        between,
        row,
        column,
        inHeight,
        inWidth,
        inChannels,
      );
    }
    // Products run in blocks of four tiles. Rows after the last tile hold old data, and are not
    // read.
    const rows = (count + 3) & ~3;
    multiplyParts(
      inputs,
      inPlane,
      filters,
      products,
      outPlane,
      PARTS,
      rows,
      inChannels,
      outChannels,
    );
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const n = tile / (down * across);
      const place = tile - n * down * across;
      const row = 4 * (place / across);
      const column = 4 * (place % across);
      const source = products + ((<usize>(t * outChannels)) << 2);
      const image = y + ((<usize>n * outHeight * outWidth * outChannels) << 2);
      transformProducts(
        source,
        outPlane,
        image,
        between,
        row,
        column,
        outHeight,
        outWidth,
        outChannels,
      );
    }
  }
}

/** G g Gᵀ for each pair of channels: [36, panels, inChannels, 8]. */
function transformFilter(
  f: usize,
  target: usize,
  between: usize,
  inChannels: i32,
  outChannels: i32,
  isRotated: bool,
): void {
  const tapBytes = (<usize>(inChannels * outChannels)) << 2;
  const stepA = isRotated ? <usize>4 : (<usize>outChannels) << 2;
  const stepB = isRotated ? (<usize>inChannels) << 2 : <usize>4;
  const first = isRotated ? f + 8 * tapBytes : f;
  const sign: isize = isRotated ? -1 : 1;
  const tap = <usize>(sign * <isize>tapBytes);
  const plane = filterPlane(inChannels, outChannels);
  for (let b = 0; b < outChannels; b += 4) {
    const panel = ((<usize>(b / PANEL) * inChannels * PANEL) << 2) + ((<usize>(b % PANEL)) << 2);
    for (let a: usize = 0; a < <usize>inChannels; a++) {
      const at = first + a * stepA + <usize>b * stepB;
      const to = target + panel + ((a * PANEL) << 2);
      for (let j: usize = 0; j < 3; j++) {
        filterLine(
          four(at + j * tap, stepB),
          four(at + (3 + j) * tap, stepB),
          four(at + (6 + j) * tap, stepB),
          between + 16 * j,
          48,
        );
      }
      for (let i: usize = 0; i < 6; i++) {
        const from = between + 48 * i;
        filterLine(
          v128.load(from),
          v128.load(from, 16),
          v128.load(from, 32),
          to + 6 * i * plane,
          plane,
        );
      }
    }
  }
}

/** G g of three taps. The six results are `step` bytes apart. */
function filterLine(g0: v128, g1: v128, g2: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.mul(f32x4.splat(SHARE_0), g0));
  const evenA = multiplyAdd(f32x4.splat(A2), g2, g0);
  const oddA = f32x4.mul(f32x4.splat(A), g1);
  v128.store(to + step, f32x4.mul(f32x4.splat(SHARE_A), f32x4.add(evenA, oddA)));
  v128.store(to + 2 * step, f32x4.mul(f32x4.splat(SHARE_A), f32x4.sub(evenA, oddA)));
  const evenB = multiplyAdd(f32x4.splat(B2), g2, g0);
  const oddB = f32x4.mul(f32x4.splat(B), g1);
  v128.store(to + 3 * step, f32x4.mul(f32x4.splat(SHARE_B), f32x4.add(evenB, oddB)));
  v128.store(to + 4 * step, f32x4.mul(f32x4.splat(SHARE_B), f32x4.sub(evenB, oddB)));
  v128.store(to + 5 * step, g2);
}

/** Bᵀ d B of one tile, for all channels: 36 planes of [tiles, channels]. */
export function transformTile(
  image: usize,
  blank: usize,
  target: usize,
  plane: usize,
  between: usize,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  for (let j = 0; j < 6; j++) {
    tileLine(
      pixelAt(image, blank, row, column + j, height, width, bytes),
      pixelAt(image, blank, row + 1, column + j, height, width, bytes),
      pixelAt(image, blank, row + 2, column + j, height, width, bytes),
      pixelAt(image, blank, row + 3, column + j, height, width, bytes),
      pixelAt(image, blank, row + 4, column + j, height, width, bytes),
      pixelAt(image, blank, row + 5, column + j, height, width, bytes),
      between + <usize>(6 * j) * bytes,
      bytes,
      bytes,
    );
  }
  for (let i: usize = 0; i < 6; i++) {
    const from = between + i * bytes;
    tileLine(
      from,
      from + 6 * bytes,
      from + 12 * bytes,
      from + 18 * bytes,
      from + 24 * bytes,
      from + 30 * bytes,
      target + 6 * i * plane,
      plane,
      bytes,
    );
  }
}

/** Bᵀ d of six pixels. The six results are `step` bytes apart. */
function tileLine(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  p4: usize,
  p5: usize,
  to: usize,
  step: usize,
  bytes: usize,
): void {
  const a = f32x4.splat(A);
  const b = f32x4.splat(B);
  const minusA = f32x4.splat(-A);
  const minusB = f32x4.splat(-B);
  const minusA2 = f32x4.splat(-A2);
  const minusB2 = f32x4.splat(-B2);
  const minusSum = f32x4.splat(-SUM);
  const product = f32x4.splat(PRODUCT);
  for (let c: usize = 0; c < bytes; c += 16) {
    const d1 = v128.load(p1 + c);
    const d2 = v128.load(p2 + c);
    const d3 = v128.load(p3 + c);
    const d4 = v128.load(p4 + c);
    const at = to + c;
    v128.store(at, multiplyAdd(product, v128.load(p0 + c), multiplyAdd(minusSum, d2, d4)));
    const evenA = multiplyAdd(minusB2, d2, d4);
    const oddA = multiplyAdd(minusB2, d1, d3);
    v128.store(at + step, multiplyAdd(a, oddA, evenA));
    v128.store(at + 2 * step, multiplyAdd(minusA, oddA, evenA));
    const evenB = multiplyAdd(minusA2, d2, d4);
    const oddB = multiplyAdd(minusA2, d1, d3);
    v128.store(at + 3 * step, multiplyAdd(b, oddB, evenB));
    v128.store(at + 4 * step, multiplyAdd(minusB, oddB, evenB));
    const last = multiplyAdd(minusSum, d3, v128.load(p5 + c));
    v128.store(at + 5 * step, multiplyAdd(product, d1, last));
  }
}

/** Aᵀ m A of one tile, for all channels. Pixels outside the image are not written. */
function transformProducts(
  source: usize,
  plane: usize,
  image: usize,
  between: usize,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  for (let j: usize = 0; j < 6; j++) {
    const to = between + 4 * j * bytes;
    outputLine(
      source + j * plane,
      6 * plane,
      to,
      to + bytes,
      to + 2 * bytes,
      to + 3 * bytes,
      bytes,
    );
  }
  // Results for pixels outside the image go where nothing is read again.
  const unused = between + 24 * bytes;
  const rows = min(4, height - row);
  for (let i = 0; i < rows; i++) {
    const to = image + <usize>((row + i) * width + column) * bytes;
    outputLine(
      between + <usize>i * bytes,
      4 * bytes,
      to,
      column + 1 < width ? to + bytes : unused,
      column + 2 < width ? to + 2 * bytes : unused,
      column + 3 < width ? to + 3 * bytes : unused,
      bytes,
    );
  }
}

/** Aᵀ m of six values that are `step` bytes apart, to the four addresses. */
function outputLine(
  from: usize,
  step: usize,
  q0: usize,
  q1: usize,
  q2: usize,
  q3: usize,
  bytes: usize,
): void {
  const a = f32x4.splat(A);
  const b = f32x4.splat(B);
  const a2 = f32x4.splat(A2);
  const b2 = f32x4.splat(B2);
  const a3 = f32x4.splat(A3);
  const b3 = f32x4.splat(B3);
  for (let c: usize = 0; c < bytes; c += 16) {
    const at = from + c;
    const m1 = v128.load(at + step);
    const m2 = v128.load(at + 2 * step);
    const m3 = v128.load(at + 3 * step);
    const m4 = v128.load(at + 4 * step);
    const evenA = f32x4.add(m1, m2);
    const oddA = f32x4.sub(m1, m2);
    const evenB = f32x4.add(m3, m4);
    const oddB = f32x4.sub(m3, m4);
    v128.store(q0 + c, f32x4.add(f32x4.add(v128.load(at), evenA), evenB));
    v128.store(q1 + c, multiplyAdd(b, oddB, f32x4.mul(a, oddA)));
    v128.store(q2 + c, multiplyAdd(b2, evenB, f32x4.mul(a2, evenA)));
    const last = multiplyAdd(a3, oddA, v128.load(at + 5 * step));
    v128.store(q3 + c, multiplyAdd(b3, oddB, last));
  }
}
