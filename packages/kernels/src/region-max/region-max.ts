import type { Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { bySelection, type Regions } from './composed.js';
import { regionMaxGradientKernel, regionMaxKernel } from './contract.js';

/**
 * Maximum over rectangles: `y[n,i,j,c] = max x[n,p,q,c]` over p in `rows[i]` and q in `columns[j]`.
 * The gradient goes to the first maximum of each rectangle in row-major order, and adds up where
 * rectangles overlap. NaN counts as the largest value.
 *
 * Shapes: `[N, H, W, C]` → `[N, rows.length, columns.length, C]`. If the backend has no kernel,
 * the op is composed of selections.
 */
export function maxOverRegions(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  return regionMaxKernel.isHere()
    ? byKernel(image, rows, columns)
    : bySelection(image, rows, columns);
}

function byKernel(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const table = { rows: Int32Array.from(rows.flat()), columns: Int32Array.from(columns.flat()) };
  return differentiable(
    { x: image },
    ({ x }) => ({ value: regionMaxKernel.run({ x }, table), saved: { x } }),
    (dy, { x }) => ({ x: regionMaxGradientKernel.run({ dy, x }, table) }),
  );
}
