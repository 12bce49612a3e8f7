import type { Picture } from './image-bytes.js';

/** One of so many shares of a picture. */
export interface Share {
  index: number;
  of: number;
}

/** A picture of which some rows are made. */
export interface PooledShare extends Picture {
  rows: number[];
}

/** The picture whose shares these are; the first one becomes it. */
export function joined([first, ...others]: [PooledShare, ...PooledShare[]]): Picture {
  const { width, height, data } = first;
  for (const other of others) {
    for (const row of other.rows) {
      const at = 4 * row * width;
      data.set(other.data.subarray(at, at + 4 * width), at);
    }
  }
  return { width, height, data };
}
