import type { Picture } from './image-bytes.js';

/** One of so many shares of a picture. */
export interface Share {
  index: number;
  of: number;
}

/** Some rows of a picture of a size. */
export interface PooledShare {
  width: number;
  height: number;
  rows: number[];
  /** Those rows, one after the other. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** The picture whose shares these are, in memory that may be used again. */
export function joined(shares: PooledShare[], room?: Uint8ClampedArray<ArrayBuffer>): Picture {
  const { width, height } = shares[0]!;
  const data = pixels(width * height, room?.buffer);
  for (const share of shares) {
    share.rows.forEach((row, i) => {
      data.set(share.data.subarray(4 * i * width, 4 * (i + 1) * width), 4 * row * width);
    });
  }
  return { width, height, data };
}

/** So many pixels, in `room` if they fit into it: fresh memory costs more than the work on it. */
export function pixels(count: number, room?: ArrayBuffer): Uint8ClampedArray<ArrayBuffer> {
  if (!room || room.byteLength < 4 * count) return new Uint8ClampedArray(4 * count);
  return new Uint8ClampedArray(room, 0, 4 * count);
}
