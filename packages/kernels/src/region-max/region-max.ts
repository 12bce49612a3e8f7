import type { Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { bySelection, type Regions } from './composed.js';
import { regionMaxGradientKernel, regionMaxKernel } from './contract.js';

/**
 * The maximum over rectangles: `y[n,i,j,c] = max x[n,p,q,c]` over p in `rows[i]` and q in
 * `columns[j]`. The gradient goes to each rectangle's first maximum in row-major order, and adds up
 * where rectangles overlap. NaN counts as the largest of all.
 *
 * Shapes: `[N, H, W, C]` → `[N, rows.length, columns.length, C]`. Without a kernel of the backend it
 * is composed of selections.
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
