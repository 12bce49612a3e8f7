import { HOST_BACKENDS } from '@ds/checks';
import {
  addN,
  argMax,
  cast,
  equal,
  getBackend,
  isNaN as isNotANumber,
  max,
  scalar,
  stack,
  type Tensor,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type AxisTaps, poolByTaps, transposedTaps } from '../axis-taps/axis-taps.js';
import { differentiable } from '../differentiable.js';

/** Pairs [first index, index after the last] of the regions along one axis. No region is empty. */
export type Regions = [number, number][];

/**
 * Stacks the regions: one entry for each offset in the largest region. A smaller region repeats its
 * last element, and a repeat is never the first maximum. Each offset is a pooling by single taps;
 * the transposed taps carry the gradient.
 */
export function bySelection(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const [, height, width] = image.shape;
  const offsets = offsetsOf(rows).flatMap((i) =>
    offsetsOf(columns).map((j) => [elements(rows, i), elements(columns, j)] as const),
  );
  const select = () =>
    differentiable(
      { x: image },
      ({ x }) => {
        const windows = stack(offsets.map(([p, q]) => poolByTaps(x, p, q)));
        return { value: max(windows, 0) as Tensor4D, saved: { winner: firstLargest(windows) } };
      },
      (dy, { winner }) => ({
        x: addN(
          offsets.map(([p, q], entry) => {
            const isWinner = equal(winner, scalar(entry, 'int32'));
            const share = where(isWinner, dy, zerosLike(dy)) as Tensor4D;
            return poolByTaps(share, transposedTaps(p, height), transposedTaps(q, width));
          }),
        ),
      }),
    );
  return tidy(select);
}

/**
 * Returns the index of the largest entry along the first axis: the first of equal entries, or the
 * first NaN. It looks for NaN only on backends that run on the host, since a GPU may not detect it.
 */
function firstLargest(windows: Tensor): Tensor {
  const largest = argMax(windows, 0);
  if (!HOST_BACKENDS.includes(getBackend())) return largest;
  const odd = cast(isNotANumber(windows), 'int32');
  return where(cast(max(odd, 0), 'bool'), argMax(odd, 0), largest);
}

function offsetsOf(regions: Regions): number[] {
  // A spread of a long list into `Math.max` would overflow the stack.
  const largest = regions.reduce((most, [start, end]) => Math.max(most, end - start), 0);
  return Array.from({ length: largest }, (_, offset) => offset);
}

/** Returns element `offset` of each region, or the last element of a smaller region. */
function elements(regions: Regions, offset: number): AxisTaps[] {
  return regions.map(([start, end]) => [{ index: Math.min(start + offset, end - 1), weight: 1 }]);
}
