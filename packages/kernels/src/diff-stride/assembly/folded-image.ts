// An image in its even and odd parts along both axes, for the channels of one block.
//
// Along an axis of n pixels, pixel p and its mirror image n − p become their sum (even part, pixels
// 0 … n/2) and their difference (odd part, the others). Matrices with the symmetry
// a[−i, −p] = a[i, p] map even to even and odd to odd, so products with the parts take half of the
// multiplications. The image is folded once before both products, and unfolded once after them.

import { evenCount } from '../../wasm/assembly/panel';
import { PER_PIECE, take } from './arena';

/** Channels of a block, at most. A product takes one block at a time. */
const BLOCK: i32 = 16;
/** Channels that are folded together, at most: lines of x and y are then read and written whole. */
const CHUNK: i32 = 64;
/** An image with more pixels than this takes blocks of 8 channels, to fit in the cache. */
const LARGE: i32 = 8192;
/** Unused bytes after each line. Without them all lines would fall into few cache sets. */
const GAP: usize = 64;

/** Returns the channels of a chunk. */
export function chunkOf(channels: i32): i32 {
  return min(CHUNK, channels);
}

/** Returns the channels of a block: a multiple of 8. */
export function blockOf(height: i32, width: i32, channels: i32): i32 {
  return channels > 8 && height * width <= LARGE ? BLOCK : 8;
}

/**
 * An image of blocks of channels, with rows and columns in the order even part, odd part. `address`
 * is that of the first block. Steps are in bytes.
 */
@unmanaged
export class FoldedImage {
  address: usize;
  height: i32;
  width: i32;
  block: i32;
  rowStep: usize;
  columnStep: usize;
  blockStep: usize;
}

/**
 * Takes scratch space for an image of so many channels. With `isColumnMajor` its columns are its
 * lines.
 */
export function foldedImage(
  height: i32,
  width: i32,
  channels: i32,
  block: i32,
  isColumnMajor: bool,
): FoldedImage {
  const image = changetype<FoldedImage>(take(offsetof<FoldedImage>()));
  const pixel = (<usize>block) << 2;
  const line = <usize>(isColumnMajor ? height : width) * pixel + GAP;
  image.blockStep = <usize>(isColumnMajor ? width : height) * line;
  image.address = take(<usize>((channels + block - 1) / block) * image.blockStep);
  image.height = height;
  image.width = width;
  image.block = block;
  image.rowStep = isColumnMajor ? pixel : line;
  image.columnStep = isColumnMajor ? line : pixel;
  return image;
}

/** Returns a view of the first rows of an image of one block. */
export function upperRows(image: FoldedImage, height: i32): FoldedImage {
  const view = changetype<FoldedImage>(take(offsetof<FoldedImage>()));
  view.address = image.address;
  view.height = height;
  view.width = image.width;
  view.block = image.block;
  view.rowStep = image.rowStep;
  view.columnStep = image.columnStep;
  return view;
}

/** The number of floats that an image of so many channels takes, in either order. */
export function foldedImageFloats(height: i32, width: i32, channels: i32): f64 {
  const all = <f64>(channels + BLOCK);
  const gaps = <f64>max(height, width) * <f64>(GAP >> 2) * (all / 8);
  return <f64>height * <f64>width * all + gaps + 2 * PER_PIECE;
}

/** Loads up to four channels. Channels beyond `count` become 0. */
function loadChannels(address: usize, count: i32): v128 {
  if (count >= 4) return v128.load(address);
  let c = f32x4.splat(0);
  if (count > 0) c = v128.load32_zero(address);
  if (count > 1) c = f32x4.replace_lane(c, 1, load<f32>(address, 4));
  if (count > 2) c = f32x4.replace_lane(c, 2, load<f32>(address, 8));
  return c;
}

/** Folds `count` channels of x [height, width, channels]. The rest of the last block becomes 0. */
export function fold(x: usize, channels: i32, count: i32, image: FoldedImage): void {
  const height = image.height;
  const width = image.width;
  const pixel = (<usize>channels) << 2;
  const line = <usize>width * pixel;
  const step = (<usize>image.block) << 2;
  const end = (<usize>count) << 2;
  const full = count / image.block;
  if (full * image.block < count) {
    memory.fill(image.address + <usize>full * image.blockStep, 0, image.blockStep);
  }
  const evenRows = evenCount(height);
  const evenColumns = evenCount(width);
  for (let p = 0; p < evenRows; p++) {
    const pairedRow = p !== 0 && 2 * p !== height;
    const top = x + <usize>p * line;
    const down = pairedRow ? <usize>(height - 2 * p) * line : 0;
    const even = image.address + <usize>p * image.rowStep;
    const toOdd = <usize>(evenRows - 1) * image.rowStep;
    for (let q = 0; q < evenColumns; q++) {
      const pairedColumn = q !== 0 && 2 * q !== width;
      const right = pairedColumn ? <usize>(width - 2 * q) * pixel : 0;
      const acrossOdd = <usize>(evenColumns - 1) * image.columnStep;
      let from = top + <usize>q * pixel;
      let to = even + <usize>q * image.columnStep;
      for (let c: usize = 0; c < end; c += step) {
        const bytes = min(step, end - c);
        if (pairedRow && pairedColumn) foldFour(from, right, down, to, acrossOdd, toOdd, bytes);
        else if (pairedRow) foldTwo(from, down, to, toOdd, bytes);
        else if (pairedColumn) foldTwo(from, right, to, acrossOdd, bytes);
        else foldOne(from, to, bytes);
        from += step;
        to += image.blockStep;
      }
    }
  }
}

/** Folds a pixel and its mirror images, `right` and `down` bytes away. */
function foldFour(
  x: usize,
  right: usize,
  down: usize,
  to: usize,
  acrossOdd: usize,
  toOdd: usize,
  bytes: usize,
): void {
  const whole = bytes & ~15;
  const end = x + whole;
  for (; x < end; x += 16, to += 16) {
    const a = v128.load(x);
    const b = v128.load(x + right);
    const c = v128.load(x + down);
    const d = v128.load(x + down + right);
    storeFour(a, b, c, d, to, acrossOdd, toOdd);
  }
  if (whole === bytes) return;
  const rest = <i32>((bytes - whole) >> 2);
  storeFour(
    loadChannels(x, rest),
    loadChannels(x + right, rest),
    loadChannels(x + down, rest),
    loadChannels(x + down + right, rest),
    to,
    acrossOdd,
    toOdd,
  );
}

/** Stores a pixel and its mirror images as their four parts. */
function storeFour(
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  to: usize,
  acrossOdd: usize,
  toOdd: usize,
): void {
  const sumTop = f32x4.add(a, b);
  const sumBottom = f32x4.add(c, d);
  const differenceTop = f32x4.sub(a, b);
  const differenceBottom = f32x4.sub(c, d);
  v128.store(to, f32x4.add(sumTop, sumBottom));
  v128.store(to + acrossOdd, f32x4.add(differenceTop, differenceBottom));
  v128.store(to + toOdd, f32x4.sub(sumTop, sumBottom));
  v128.store(to + toOdd + acrossOdd, f32x4.sub(differenceTop, differenceBottom));
}

/** Folds a pixel that has one mirror image, `away` bytes away. */
function foldTwo(x: usize, away: usize, to: usize, toOdd: usize, bytes: usize): void {
  const whole = bytes & ~15;
  for (let at: usize = 0; at < whole; at += 16) {
    const a = v128.load(x + at);
    const b = v128.load(x + away + at);
    v128.store(to + at, f32x4.add(a, b));
    v128.store(to + toOdd + at, f32x4.sub(a, b));
  }
  for (let at = whole; at < bytes; at += 16) {
    const rest = <i32>((bytes - at) >> 2);
    const a = loadChannels(x + at, rest);
    const b = loadChannels(x + away + at, rest);
    v128.store(to + at, f32x4.add(a, b));
    v128.store(to + toOdd + at, f32x4.sub(a, b));
  }
}

/** Copies a pixel that is its own mirror image. */
function foldOne(x: usize, to: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(to + at, loadChannels(x + at, <i32>((bytes - at) >> 2)));
  }
}
