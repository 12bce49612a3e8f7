import { type AxisTaps, poolAxesByTaps, type Regions } from '@ds/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The mean over boxes with equal weight per pixel, one list of regions for each axis. Shapes:
 * `[batch, ...sides, channels]` → `[batch, ...regions, channels]`.
 */
export function meanOverAxes<X extends Tensor>(x: X, axes: readonly Regions[]): X {
  return poolAxesByTaps(x, axes.map(meanTaps));
}

/** The mean of each region along an axis, as taps. */
export function meanTaps(regions: Regions): AxisTaps[] {
  return regions.map(([start, end]) =>
    Array.from({ length: end - start }, (_, i) => ({
      index: start + i,
      weight: 1 / (end - start),
    })),
  );
}
