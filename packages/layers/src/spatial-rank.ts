import { ConfigError, oneOf } from '@ds/checks';

/** The number of spatial axes: 1 for sound, 2 for images, 3 for video and volumes. */
export type SpatialRank = 1 | 2 | 3;

/** One number for each spatial axis. */
export type PerAxis<R extends SpatialRank> = {
  1: [number];
  2: [number, number];
  3: [number, number, number];
}[R];

export const checkRank = oneOf(1, 2, 3);

/** The strides of each rank, as messages write them. */
const WRITTEN: Record<SpatialRank, string> = {
  1: '[S]',
  2: '[S_h, S_w]',
  3: '[S_d, S_h, S_w]',
};

/** The strides of a rank, as messages write them. */
export function writtenStrides(rank: SpatialRank): string {
  return WRITTEN[rank];
}

/** Checks that a list of strides has one entry for each axis. A number counts for all axes. */
export function requireStrideCount(op: string, strides: unknown, rank: SpatialRank): void {
  if (!Array.isArray(strides) || strides.length === rank) return;
  throw new ConfigError(
    `${op}: strides must be ${WRITTEN[rank]} at rank ${rank}, got [${strides.join(', ')}]`,
  );
}
