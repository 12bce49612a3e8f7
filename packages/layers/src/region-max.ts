import {
  addN,
  argMax,
  cast,
  customGrad,
  engine,
  equal,
  getBackend,
  getKernel,
  max,
  mul,
  type NamedAttrMap,
  scalar,
  stack,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { resample } from './resample.js';

/** First and one past the last index of each region along one axis; none is empty. */
export type Regions = [number, number][];

/**
 * The maximum over rectangles: `y[n,i,j,c] = max x[n,p,q,c]` over p in `rows[i]` and q in `columns[j]`.
 * The gradient goes to each rectangle's first maximum in row-major order, and adds up where rectangles
 * overlap.
 *
 * A backend may bring kernels named RegionMax and RegionMaxGrad, as `@ds/backend` does on wasm;
 * elsewhere it is composed of selections.
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
 * The windows as one stack, an entry for each offset in the largest region; a smaller region repeats
 * its last element, which a first maximum never prefers. Selecting by offset is `resample` with 0/1
 * matrices, and its transpose spreads the gradient.
 */
function bySelection(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const offsets = offsetsOf(rows).flatMap((i) => offsetsOf(columns).map((j) => [i, j] as const));
  const select = (x: Tensor4D, i: number, j: number) =>
    resample(x, selection(rows, i, x.shape[1]), selection(columns, j, x.shape[2]));
  const op = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor4D, (tensors: Tensor[]) => void];
    const windows = stack(offsets.map(([i, j]) => select(x, i, j)));
    const winner = argMax(windows, 0);
    save([winner]);
    return {
      value: max(windows, 0),
      gradFunc: (dy, saved) => {
        const [winning] = saved as [Tensor];
        const upstream = dy as Tensor4D;
        return addN(
          offsets.map(([i, j], entry) => {
            const share = mul(upstream, cast(equal(winning, scalar(entry, 'int32')), 'float32'));
            return resample(
              share as Tensor4D,
              transpose(selection(rows, i, x.shape[1])),
              transpose(selection(columns, j, x.shape[2])),
            );
          }),
        );
      },
    };
  });
  return tidy(() => op(image) as Tensor4D);
}

function offsetsOf(regions: Regions): number[] {
  const largest = Math.max(...regions.map(([start, end]) => end - start));
  return Array.from({ length: largest }, (_, offset) => offset);
}

/** The 0/1 matrix that reads element `offset` of each region, its last where it has fewer. */
function selection(regions: Regions, offset: number, inputSize: number): Tensor2D {
  const values = new Float32Array(regions.length * inputSize);
  regions.forEach(([start, end], region) => {
    values[region * inputSize + Math.min(start + offset, end - 1)] = 1;
  });
  return tensor2d(values, [regions.length, inputSize]);
}
