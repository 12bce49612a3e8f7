// Filter gradient of 3×3 convolutions at stride 1 by minimal filtering F(3×3, 2×2) (Lavin & Gray
// 2016). It multiplies 4×4 tiles of the image by 2×2 tiles of dy, with sixteen products as in the
// forward pass.
import { fourByEight } from '../../wasm/assembly/narrow-tile';
import { isWide, WIDE_BYTES, wideProduct } from '../../wasm/assembly/wide-tile';
import { GAP, pixelAt, TILES, transformInput } from './winograd';

/**
 * Bytes from one tile of a plane to the next. The tiles of one channel would fall into few cache
 * sets if these were a multiple of 1,024.
 */
export function tileStep(channels: i32): usize {
  const bytes = (<usize>channels) << 2;
  return bytes % 1024 === 0 ? bytes + GAP : bytes;
}

/** Bytes from one plane of `TILES` tiles to the next. */
function planeBytes(channels: i32): usize {
  return <usize>TILES * tileStep(channels) + GAP;
}

/**
 * The number of floats that `winogradFilterGradient` needs as scratch space: the sums, the tiles of
 * x and of dy, and one pixel of zeros.
 */
export function winogradFilterScratch(inChannels: i32, outChannels: i32): f64 {
  const sums = 16 * <f64>inChannels * <f64>outChannels;
  const planes = 16 * <f64>((planeBytes(inChannels) + planeBytes(outChannels)) >> 2);
  return sums + planes + <f64>max(inChannels, outChannels);
}

/**
 * Filter gradient, i and j from 0 to 2:
 *
 * df[i, j, a, b] = Σ x[n, p + i − top, q + j − left, a] · dy[n, p, q, b]
 * df = Aᵀ [Σ (Bᵀ d B) ⊙ (G e Gᵀ)] A
 *
 * d are the 4×4 tiles of x, which overlap by two; e the 2×2 tiles of dy. B is that of the forward
 * convolution. inChannels must be a multiple of 4, outChannels a multiple of 8.
 *
 * The outer loop takes `TILES` tiles at a time. It transforms both kinds into scratch, and adds
 * their sixteen products to the sums. A last pass transforms the sums to df.
 */
export function winogradFilterGradient(
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
  top: i32,
  left: i32,
): void {
  const sums = scratch;
  const sumBytes = (<usize>16 * inChannels * outChannels) << 2;
  const inputs = sums + sumBytes;
  const inPlane = planeBytes(inChannels);
  const outPlane = planeBytes(outChannels);
  const upstream = inputs + 16 * inPlane;
  const blank = upstream + 16 * outPlane;
  memory.fill(sums, 0, sumBytes);
  memory.fill(blank, 0, (<usize>max(inChannels, outChannels)) << 2);
  const down = (outHeight + 1) >> 1;
  const across = (outWidth + 1) >> 1;
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += TILES) {
    const count = min(TILES, tiles - first);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const n = tile / (down * across);
      const place = tile - n * down * across;
      const row = 2 * (place / across);
      const column = 2 * (place % across);
      transformInput(
        x + ((<usize>n * inHeight * inWidth * inChannels) << 2),
        blank,
        inputs + <usize>t * tileStep(inChannels),
        inPlane,
        row - top,
        column - left,
        inHeight,
        inWidth,
        inChannels,
      );
      transformUpstream(
        dy + ((<usize>n * outHeight * outWidth * outChannels) << 2),
        blank,
        upstream + <usize>t * tileStep(outChannels),
        outPlane,
        row,
        column,
        outHeight,
        outWidth,
        outChannels,
      );
    }
    accumulateParts(inputs, inPlane, upstream, outPlane, sums, 16, count, inChannels, outChannels);
  }
  transformSums(sums, df, inChannels * outChannels);
}

/** G e Gᵀ of one 2×2 tile of dy, for all channels: [16, tiles, channels]. */
function transformUpstream(
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
  const half = f32x4.splat(0.5);
  const p00 = pixelAt(image, blank, row + 0, column + 0, height, width, bytes);
  const p01 = pixelAt(image, blank, row + 0, column + 1, height, width, bytes);
  const p10 = pixelAt(image, blank, row + 1, column + 0, height, width, bytes);
  const p11 = pixelAt(image, blank, row + 1, column + 1, height, width, bytes);
  for (let c: usize = 0; c < bytes; c += 16) {
    const to = target + c;
    const t00 = v128.load(p00 + c);
    const t30 = v128.load(p10 + c);
    const t10 = f32x4.mul(half, f32x4.add(t00, t30));
    const t20 = f32x4.mul(half, f32x4.sub(t00, t30));
    const t01 = v128.load(p01 + c);
    const t31 = v128.load(p11 + c);
    const t11 = f32x4.mul(half, f32x4.add(t01, t31));
    const t21 = f32x4.mul(half, f32x4.sub(t01, t31));
    v128.store(to, t00);
    v128.store(to + plane, f32x4.mul(half, f32x4.add(t00, t01)));
    v128.store(to + 2 * plane, f32x4.mul(half, f32x4.sub(t00, t01)));
    v128.store(to + 3 * plane, t01);
    v128.store(to + 4 * plane, t10);
    v128.store(to + 5 * plane, f32x4.mul(half, f32x4.add(t10, t11)));
    v128.store(to + 6 * plane, f32x4.mul(half, f32x4.sub(t10, t11)));
    v128.store(to + 7 * plane, t11);
    v128.store(to + 8 * plane, t20);
    v128.store(to + 9 * plane, f32x4.mul(half, f32x4.add(t20, t21)));
    v128.store(to + 10 * plane, f32x4.mul(half, f32x4.sub(t20, t21)));
    v128.store(to + 11 * plane, t21);
    v128.store(to + 12 * plane, t30);
    v128.store(to + 13 * plane, f32x4.mul(half, f32x4.add(t30, t31)));
    v128.store(to + 14 * plane, f32x4.mul(half, f32x4.sub(t30, t31)));
    v128.store(to + 15 * plane, t31);
  }
}

/**
 * Adds to the sums of so many planes: [inChannels, outChannels] += [count, inChannels]ᵀ ·
 * [count, outChannels]. Planes of both operands are `inPlane` and `outPlane` bytes apart.
 */
export function accumulateParts(
  inputs: usize,
  inPlane: usize,
  upstream: usize,
  outPlane: usize,
  sums: usize,
  parts: i32,
  count: i32,
  inChannels: i32,
  outChannels: i32,
): void {
  const xStep = tileStep(inChannels);
  const dStep = tileStep(outChannels);
  const inBytes = (<usize>inChannels) << 2;
  const outBytes = (<usize>outChannels) << 2;
  for (let part: usize = 0; part < <usize>parts; part++) {
    const left = inputs + part * inPlane;
    const right = upstream + part * outPlane;
    const out = sums + part * inChannels * outBytes;
    let wide: usize = 0;
    for (; isWide && wide + WIDE_BYTES <= outBytes; wide += WIDE_BYTES) {
      const d = right + wide;
      wideProduct(left, 4, xStep, d, 32, dStep, out + wide, outBytes, inChannels, count, true);
    }
    for (let a: usize = 0; a < inBytes; a += 16) {
      const rows = out + (a >> 2) * outBytes;
      for (let b = wide; b < outBytes; b += 32) {
        fourByEight(left + a, 4, xStep, right + b, dStep, rows + b, outBytes, count, true);
      }
    }
  }
}

/** Aᵀ m A for each pair of channels: [16, pairs] → [9, pairs]. */
function transformSums(sums: usize, df: usize, pairs: i32): void {
  const plane = (<usize>pairs) << 2;
  for (let at: usize = 0; at < plane; at += 16) {
    const from = sums + at;
    const to = df + at;
    const m00 = v128.load(from);
    const m10 = v128.load(from + 4 * plane);
    const m20 = v128.load(from + 8 * plane);
    const m30 = v128.load(from + 12 * plane);
    const e0 = f32x4.add(m10, m20);
    const r00 = f32x4.add(m00, e0);
    const r10 = f32x4.sub(m10, m20);
    const r20 = f32x4.sub(e0, m30);
    const m01 = v128.load(from + plane);
    const m11 = v128.load(from + 5 * plane);
    const m21 = v128.load(from + 9 * plane);
    const m31 = v128.load(from + 13 * plane);
    const e1 = f32x4.add(m11, m21);
    const r01 = f32x4.add(m01, e1);
    const r11 = f32x4.sub(m11, m21);
    const r21 = f32x4.sub(e1, m31);
    const m02 = v128.load(from + 2 * plane);
    const m12 = v128.load(from + 6 * plane);
    const m22 = v128.load(from + 10 * plane);
    const m32 = v128.load(from + 14 * plane);
    const e2 = f32x4.add(m12, m22);
    const r02 = f32x4.add(m02, e2);
    const r12 = f32x4.sub(m12, m22);
    const r22 = f32x4.sub(e2, m32);
    const m03 = v128.load(from + 3 * plane);
    const m13 = v128.load(from + 7 * plane);
    const m23 = v128.load(from + 11 * plane);
    const m33 = v128.load(from + 15 * plane);
    const e3 = f32x4.add(m13, m23);
    const r03 = f32x4.add(m03, e3);
    const r13 = f32x4.sub(m13, m23);
    const r23 = f32x4.sub(e3, m33);
    const s0 = f32x4.add(r01, r02);
    v128.store(to, f32x4.add(r00, s0));
    v128.store(to + plane, f32x4.sub(r01, r02));
    v128.store(to + 2 * plane, f32x4.sub(s0, r03));
    const s1 = f32x4.add(r11, r12);
    v128.store(to + 3 * plane, f32x4.add(r10, s1));
    v128.store(to + 4 * plane, f32x4.sub(r11, r12));
    v128.store(to + 5 * plane, f32x4.sub(s1, r13));
    const s2 = f32x4.add(r21, r22);
    v128.store(to + 6 * plane, f32x4.add(r20, s2));
    v128.store(to + 7 * plane, f32x4.sub(r21, r22));
    v128.store(to + 8 * plane, f32x4.sub(s2, r23));
  }
}
