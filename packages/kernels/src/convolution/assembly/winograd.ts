// 3×3 convolutions at stride 1 by Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray, "Fast
// algorithms for convolutional neural networks", 2016). Each 2×2 block of outputs takes 16
// products for each pair of channels; a direct convolution takes 36.

import { fourByEight } from '../../wasm/assembly/narrow-tile';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';

/**
 * Tiles that are transformed and multiplied together. Their data fits in the second-level cache.
 */
export const TILES: i32 = 64;
/**
 * Unused bytes after each of the sixteen planes. Without them all planes would fall into few cache
 * sets.
 */
export const GAP: usize = 64;
/** Output channels in one panel of the transformed filter. They are summed together. */
const PANEL: i32 = 8;

/** The number of floats in sixteen planes of `TILES` tiles, gaps included. */
export function planesFloats(channels: i32): f64 {
  return 16 * (<f64>TILES * <f64>channels + <f64>(GAP >> 2));
}

/** Bytes from one plane of a transformed filter to the next. */
export function filterPlane(inChannels: i32, outChannels: i32): usize {
  return ((<usize>(inChannels * outChannels)) << 2) + GAP;
}

/**
 * The number of floats that `winograd` needs as scratch space: the transformed filter, the tiles of
 * x, their products, and one pixel of zeros.
 */
export function winogradScratch(inChannels: i32, outChannels: i32): f64 {
  const filters = <f64>((16 * filterPlane(inChannels, outChannels)) >> 2);
  return filters + planesFloats(inChannels) + planesFloats(outChannels) + <f64>inChannels;
}

/**
 * Forward convolution with a 3×3 filter g:
 *
 * y[n, p, q, b] = Σ x[n, p + i − top, q + j − left, a] · g[i, j, a, b]
 * y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
 *
 * d are the 4×4 tiles of x, which overlap by two. Without `isRotated` g = f. With it g[i, j, a, b]
 * = f[2 − i, 2 − j, b, a], and y is the input gradient of a convolution with f. inChannels must
 * be a multiple of 4, outChannels a multiple of 8.
 *
 * The filter is transformed once into scratch. The outer loop takes `TILES` tiles at a time: it
 * transforms them, computes sixteen matrix products, and transforms the products to y.
 */
export function winograd(
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
  const filters = scratch;
  const inputs = filters + 16 * filterPlane(inChannels, outChannels);
  const inPlane = ((<usize>(TILES * inChannels)) << 2) + GAP;
  const products = inputs + 16 * inPlane;
  const blank = products + 16 * (((<usize>TILES * outChannels) << 2) + GAP);
  memory.fill(blank, 0, (<usize>inChannels) << 2);
  transformFilter(f, filters, inChannels, outChannels, isRotated);
  const down = (outHeight + 1) >> 1;
  const across = (outWidth + 1) >> 1;
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += TILES) {
    const count = min(TILES, tiles - first);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const n = tile / (down * across);
      const place = tile - n * down * across;
      const row = 2 * (place / across) - top;
      const column = 2 * (place % across) - left;
      const image = x + ((<usize>n * inHeight * inWidth * inChannels) << 2);
      const target = inputs + ((<usize>t * inChannels) << 2);
      transformInput(image, blank, target, inPlane, row, column, inHeight, inWidth, inChannels);
    }
    // Products run in blocks of four tiles. Rows after the last tile hold old data, and are not
    // read.
    multiplyParts(
      inputs,
      inPlane,
      filters,
      products,
      ((<usize>TILES * outChannels) << 2) + GAP,
      16,
      (count + 3) & ~3,
      inChannels,
      outChannels,
    );
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const n = tile / (down * across);
      const place = tile - n * down * across;
      const row = 2 * (place / across);
      const column = 2 * (place % across);
      const source = products + ((<usize>t * outChannels) << 2);
      const image = y + ((<usize>n * outHeight * outWidth * outChannels) << 2);
      transformOutput(source, image, row, column, outHeight, outWidth, outChannels);
    }
  }
}

/** Loads four values that are `step` bytes apart. */
export function four(at: usize, step: usize): v128 {
  if (step === 4) return v128.load(at);
  let values = v128.load32_zero(at);
  values = v128.load32_lane(at + step, values, 1);
  values = v128.load32_lane(at + 2 * step, values, 2);
  return v128.load32_lane(at + 3 * step, values, 3);
}

/** G g Gᵀ for each pair of channels: [16, panels, inChannels, 8]. */
function transformFilter(
  f: usize,
  target: usize,
  inChannels: i32,
  outChannels: i32,
  isRotated: bool,
): void {
  const half = f32x4.splat(0.5);
  const tapBytes = (<usize>inChannels * outChannels) << 2;
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
      const g00 = four(at + 0 * tap, stepB);
      const g01 = four(at + 1 * tap, stepB);
      const g02 = four(at + 2 * tap, stepB);
      const g10 = four(at + 3 * tap, stepB);
      const g11 = four(at + 4 * tap, stepB);
      const g12 = four(at + 5 * tap, stepB);
      const g20 = four(at + 6 * tap, stepB);
      const g21 = four(at + 7 * tap, stepB);
      const g22 = four(at + 8 * tap, stepB);
      const e0 = f32x4.add(g00, g20);
      const r10 = f32x4.mul(half, f32x4.add(e0, g10));
      const r20 = f32x4.mul(half, f32x4.sub(e0, g10));
      const e1 = f32x4.add(g01, g21);
      const r11 = f32x4.mul(half, f32x4.add(e1, g11));
      const r21 = f32x4.mul(half, f32x4.sub(e1, g11));
      const e2 = f32x4.add(g02, g22);
      const r12 = f32x4.mul(half, f32x4.add(e2, g12));
      const r22 = f32x4.mul(half, f32x4.sub(e2, g12));
      const to = target + panel + ((a * PANEL) << 2);
      filterRow(to + 0 * plane, plane, g00, g01, g02);
      filterRow(to + 4 * plane, plane, r10, r11, r12);
      filterRow(to + 8 * plane, plane, r20, r21, r22);
      filterRow(to + 12 * plane, plane, g20, g21, g22);
    }
  }
}

/** Multiplies one row by Gᵀ. The four results are one plane apart. */
function filterRow(to: usize, plane: usize, r0: v128, r1: v128, r2: v128): void {
  const half = f32x4.splat(0.5);
  const ends = f32x4.add(r0, r2);
  v128.store(to, r0);
  v128.store(to + plane, f32x4.mul(half, f32x4.add(ends, r1)));
  v128.store(to + 2 * plane, f32x4.mul(half, f32x4.sub(ends, r1)));
  v128.store(to + 3 * plane, r2);
}

/** Returns the address of pixel [row, column], or of the zeros if it lies outside the image. */
export function pixelAt(
  image: usize,
  blank: usize,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  bytes: usize,
): usize {
  const inside = <u32>row < <u32>height && <u32>column < <u32>width;
  return inside ? image + <usize>(row * width + column) * bytes : blank;
}

/**
 * Bᵀ d B of one tile, for all channels: [16, tiles, channels]. The sixteen results of a channel are
 * `plane` bytes apart.
 */
export function transformInput(
  image: usize,
  blank: usize,
  target: usize,
  plane: usize,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  const p00 = pixelAt(image, blank, row + 0, column + 0, height, width, bytes);
  const p01 = pixelAt(image, blank, row + 0, column + 1, height, width, bytes);
  const p02 = pixelAt(image, blank, row + 0, column + 2, height, width, bytes);
  const p03 = pixelAt(image, blank, row + 0, column + 3, height, width, bytes);
  const p10 = pixelAt(image, blank, row + 1, column + 0, height, width, bytes);
  const p11 = pixelAt(image, blank, row + 1, column + 1, height, width, bytes);
  const p12 = pixelAt(image, blank, row + 1, column + 2, height, width, bytes);
  const p13 = pixelAt(image, blank, row + 1, column + 3, height, width, bytes);
  const p20 = pixelAt(image, blank, row + 2, column + 0, height, width, bytes);
  const p21 = pixelAt(image, blank, row + 2, column + 1, height, width, bytes);
  const p22 = pixelAt(image, blank, row + 2, column + 2, height, width, bytes);
  const p23 = pixelAt(image, blank, row + 2, column + 3, height, width, bytes);
  const p30 = pixelAt(image, blank, row + 3, column + 0, height, width, bytes);
  const p31 = pixelAt(image, blank, row + 3, column + 1, height, width, bytes);
  const p32 = pixelAt(image, blank, row + 3, column + 2, height, width, bytes);
  const p33 = pixelAt(image, blank, row + 3, column + 3, height, width, bytes);
  for (let c: usize = 0; c < bytes; c += 16) {
    const to = target + c;
    const t00 = f32x4.sub(v128.load(p00 + c), v128.load(p20 + c));
    const t01 = f32x4.sub(v128.load(p01 + c), v128.load(p21 + c));
    const t02 = f32x4.sub(v128.load(p02 + c), v128.load(p22 + c));
    const t03 = f32x4.sub(v128.load(p03 + c), v128.load(p23 + c));
    v128.store(to, f32x4.sub(t00, t02));
    v128.store(to + plane, f32x4.add(t01, t02));
    v128.store(to + 2 * plane, f32x4.sub(t02, t01));
    v128.store(to + 3 * plane, f32x4.sub(t01, t03));
    const t10 = f32x4.add(v128.load(p10 + c), v128.load(p20 + c));
    const t11 = f32x4.add(v128.load(p11 + c), v128.load(p21 + c));
    const t12 = f32x4.add(v128.load(p12 + c), v128.load(p22 + c));
    const t13 = f32x4.add(v128.load(p13 + c), v128.load(p23 + c));
    v128.store(to + 4 * plane, f32x4.sub(t10, t12));
    v128.store(to + 5 * plane, f32x4.add(t11, t12));
    v128.store(to + 6 * plane, f32x4.sub(t12, t11));
    v128.store(to + 7 * plane, f32x4.sub(t11, t13));
    const t20 = f32x4.sub(v128.load(p20 + c), v128.load(p10 + c));
    const t21 = f32x4.sub(v128.load(p21 + c), v128.load(p11 + c));
    const t22 = f32x4.sub(v128.load(p22 + c), v128.load(p12 + c));
    const t23 = f32x4.sub(v128.load(p23 + c), v128.load(p13 + c));
    v128.store(to + 8 * plane, f32x4.sub(t20, t22));
    v128.store(to + 9 * plane, f32x4.add(t21, t22));
    v128.store(to + 10 * plane, f32x4.sub(t22, t21));
    v128.store(to + 11 * plane, f32x4.sub(t21, t23));
    const t30 = f32x4.sub(v128.load(p10 + c), v128.load(p30 + c));
    const t31 = f32x4.sub(v128.load(p11 + c), v128.load(p31 + c));
    const t32 = f32x4.sub(v128.load(p12 + c), v128.load(p32 + c));
    const t33 = f32x4.sub(v128.load(p13 + c), v128.load(p33 + c));
    v128.store(to + 12 * plane, f32x4.sub(t30, t32));
    v128.store(to + 13 * plane, f32x4.add(t31, t32));
    v128.store(to + 14 * plane, f32x4.sub(t32, t31));
    v128.store(to + 15 * plane, f32x4.sub(t31, t33));
  }
}

/**
 * Computes one product for each of so many planes: [count, inChannels] · [inChannels, outChannels].
 * Planes of the inputs are `inPlane` bytes apart, planes of the products `outPlane` bytes.
 */
export function multiplyParts(
  inputs: usize,
  inPlane: usize,
  filters: usize,
  products: usize,
  outPlane: usize,
  parts: i32,
  count: i32,
  inChannels: i32,
  outChannels: i32,
): void {
  const xStep = (<usize>inChannels) << 2;
  const yStep = (<usize>outChannels) << 2;
  const panelBytes = xStep * PANEL;
  for (let part = 0; part < parts; part++) {
    let panel = filters + <usize>part * filterPlane(inChannels, outChannels);
    const left = inputs + <usize>part * inPlane;
    const out = products + <usize>part * outPlane;
    let column: usize = 0;
    for (; isWide && column + WIDE_BYTES <= yStep; column += WIDE_BYTES) {
      const to = out + column;
      wideProduct(left, xStep, 4, panel, panelBytes, 32, to, yStep, count, inChannels, false);
      panel += 2 * panelBytes;
    }
    for (; column < yStep; column += (<usize>PANEL) << 2) {
      for (let t: usize = 0; t < <usize>count; t += 4) {
        const to = out + t * yStep + column;
        fourByEight(left + t * xStep, xStep, 4, panel, 32, to, yStep, inChannels, false);
      }
      panel += panelBytes;
    }
  }
}

/** Aᵀ m A of one tile, for all channels. Pixels outside the image are not written. */
function transformOutput(
  source: usize,
  image: usize,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  const plane = <usize>TILES * bytes + GAP;
  const hasRow = row + 1 < height;
  const hasColumn = column + 1 < width;
  let to = image + <usize>(row * width + column) * bytes;
  const below = <usize>width * bytes;
  for (let c: usize = 0; c < bytes; c += 16) {
    const from = source + c;
    const m00 = v128.load(from + 0 * plane);
    const m10 = v128.load(from + 4 * plane);
    const m20 = v128.load(from + 8 * plane);
    const m30 = v128.load(from + 12 * plane);
    const s0 = f32x4.add(f32x4.add(m00, m10), m20);
    const d0 = f32x4.sub(f32x4.sub(m10, m20), m30);
    const m01 = v128.load(from + 1 * plane);
    const m11 = v128.load(from + 5 * plane);
    const m21 = v128.load(from + 9 * plane);
    const m31 = v128.load(from + 13 * plane);
    const s1 = f32x4.add(f32x4.add(m01, m11), m21);
    const d1 = f32x4.sub(f32x4.sub(m11, m21), m31);
    const m02 = v128.load(from + 2 * plane);
    const m12 = v128.load(from + 6 * plane);
    const m22 = v128.load(from + 10 * plane);
    const m32 = v128.load(from + 14 * plane);
    const s2 = f32x4.add(f32x4.add(m02, m12), m22);
    const d2 = f32x4.sub(f32x4.sub(m12, m22), m32);
    const m03 = v128.load(from + 3 * plane);
    const m13 = v128.load(from + 7 * plane);
    const m23 = v128.load(from + 11 * plane);
    const m33 = v128.load(from + 15 * plane);
    const s3 = f32x4.add(f32x4.add(m03, m13), m23);
    const d3 = f32x4.sub(f32x4.sub(m13, m23), m33);
    v128.store(to, f32x4.add(f32x4.add(s0, s1), s2));
    if (hasColumn) v128.store(to + bytes, f32x4.sub(f32x4.sub(s1, s2), s3));
    if (hasRow) {
      v128.store(to + below, f32x4.add(f32x4.add(d0, d1), d2));
      if (hasColumn) v128.store(to + below + bytes, f32x4.sub(f32x4.sub(d1, d2), d3));
    }
    to += 16;
  }
}
