import type { Picture } from './image-bytes.js';

/** A range of rows of a picture. */
export interface PooledShare {
  width: number;
  height: number;
  rows: number[];
  /** The pixels of these rows, row by row. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Joins shares into a picture, in reusable memory. */
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

/** Memory for pixels: `room` if it is large enough. New memory costs more than the copy. */
export function pixels(count: number, room?: ArrayBuffer): Uint8ClampedArray<ArrayBuffer> {
  if (!room || room.byteLength < 4 * count) return new Uint8ClampedArray(4 * count);
  return new Uint8ClampedArray(room, 0, 4 * count);
}
