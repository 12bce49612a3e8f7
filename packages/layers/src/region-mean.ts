import { type AxisTaps, poolByTaps, type Regions } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/** The mean over rectangles, `[batch, rows, columns, channels]`, with equal weight per pixel. */
export function meanOverRegions(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  return poolByTaps(image, meanTaps(rows), meanTaps(columns));
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
