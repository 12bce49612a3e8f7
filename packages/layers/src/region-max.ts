import { HOST_BACKENDS } from '@ds/checks';
import {
  addN,
  argMax,
  cast,
  customGrad,
  engine,
  equal,
  getBackend,
  getKernel,
  isNaN as isNotANumber,
  max,
  type NamedAttrMap,
  scalar,
  stack,
  type Tensor,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type AxisTaps, poolByTaps, transposedTaps } from './axis-taps.js';

/** First and one past the last index of each region along one axis; none is empty. */
export type Regions = [number, number][];

/**
 * The maximum over rectangles: `y[n,i,j,c] = max x[n,p,q,c]` over p in `rows[i]` and q in
 * `columns[j]`. The gradient goes to each rectangle's first maximum in row-major order, and adds up
 * where rectangles overlap. NaN counts as the largest of all.
 *
 * A backend may have kernels named RegionMax and RegionMaxGrad, as `@ds/backend` has on wasm.
 * Without them it is composed of selections.
 */
export function maxOverRegions(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  return getKernel('RegionMax', getBackend())
    ? byKernel(image, rows, columns)
    : bySelection(image, rows, columns);
}

function byKernel(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const attrs = {
    rows: Int32Array.from(rows.flat()),
    columns: Int32Array.from(columns.flat()),
  } as unknown as NamedAttrMap;
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    save([x]);
    return {
      value: engine().runKernel('RegionMax', { x }, attrs) as Tensor,
      gradFunc: (dy, [saved]) =>
        engine().runKernel('RegionMaxGrad', { dy: dy as Tensor, x: saved! }, attrs) as Tensor,
    };
  });
  return op(image) as Tensor4D;
}

/**
 * Stacks the windows, with an entry for each offset in the largest region. A smaller region repeats
 * its last element, and a repeat is never the first maximum. Each offset is a pooling of single
 * taps, and its transpose spreads the gradient.
 */
function bySelection(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const [, height, width] = image.shape;
  const offsets = offsetsOf(rows).flatMap((i) =>
    offsetsOf(columns).map((j) => [elements(rows, i), elements(columns, j)] as const),
  );
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
    const windows = stack(offsets.map(([p, q]) => poolByTaps(x, p, q)));
    const winner = firstLargest(windows);
    save([winner]);
    return {
      value: max(windows, 0),
      gradFunc: (dy, saved) => {
        const [winning] = saved as [Tensor];
        const upstream = dy as Tensor4D;
        return addN(
          offsets.map(([p, q], entry) => {
            const isWinner = equal(winning, scalar(entry, 'int32'));
            const share = where(isWinner, upstream, zerosLike(upstream));
            return poolByTaps(share, transposedTaps(p, height), transposedTaps(q, width));
          }),
        );
      },
    };
  });
  return tidy(() => op(image) as Tensor4D);
}

/**
 * The number of the largest entry along the first axis: the first among equals, or the first NaN. A
 * GPU may not tell NaN from numbers, so only the host's backends look for it.
 */
function firstLargest(windows: Tensor): Tensor {
  const largest = argMax(windows, 0);
  if (!HOST_BACKENDS.includes(getBackend())) return largest;
  const odd = cast(isNotANumber(windows), 'int32');
  return where(cast(max(odd, 0), 'bool'), argMax(odd, 0), largest);
}

function offsetsOf(regions: Regions): number[] {
  const largest = Math.max(...regions.map(([start, end]) => end - start));
  return Array.from({ length: largest }, (_, offset) => offset);
}

/** Element `offset` of each region, or the last element of a smaller region. */
function elements(regions: Regions, offset: number): AxisTaps[] {
  return regions.map(([start, end]) => [{ index: Math.min(start + offset, end - 1), weight: 1 }]);
}
