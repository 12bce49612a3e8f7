import { cast, reshape, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { differentiable } from '../differentiable.js';
import { bySelection, type Regions } from './composed.js';
import { regionMaxGradientKernel, regionMaxKernel } from './contract.js';

/**
 * Maximum over rectangles: `y[n,i,j,c] = max x[n,p,q,c]` over p in `rows[i]` and q in `columns[j]`.
 * The gradient goes to the first maximum of each rectangle in row-major order, and adds up where
 * rectangles overlap. NaN counts as the largest value. Integers and booleans become float32.
 *
 * Shapes: `[N, H, W, C]` → `[N, rows.length, columns.length, C]`. If the backend has no kernel,
 * the op is composed of selections.
 */
export function maxOverRegions(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  return tidy(() => {
    const x = image.dtype === 'float32' ? image : cast(image, 'float32');
    return regionMaxKernel.isHere() ? byKernel(x, rows, columns) : bySelection(x, rows, columns);
  });
}

/**
 * {@link maxOverRegions} for one to three spatial axes, one list of regions for each. Of equal
 * maxima, the gradient goes to the first in memory. Shapes: `[batch, ...sides, channels]` →
 * `[batch, ...output sides, channels]`.
 */
export function maxOverAxes<X extends Tensor>(x: X, axes: readonly Regions[]): X {
  const shape = x.shape;
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  return tidy(() => {
    if (axes.length === 1) {
      const image = reshape(x, [batch, 1, shape[1]!, channels]) as Tensor4D;
      const y = maxOverRegions(image, [[0, 1]], axes[0]!);
      return reshape(y, [batch, axes[0]!.length, channels]) as X;
    }
    if (axes.length === 2) return maxOverRegions(x as Tensor as Tensor4D, axes[0]!, axes[1]!);
    const [depth, rows, columns] = axes as [Regions, Regions, Regions];
    const planes = reshape(x, [batch * shape[1]!, shape[2]!, shape[3]!, channels]) as Tensor4D;
    const pooled = maxOverRegions(planes, rows, columns);
    const each: Regions = Array.from({ length: rows.length * columns.length }, (_, at) => [
      at,
      at + 1,
    ]);
    const lines = reshape(pooled, [batch, shape[1]!, each.length, channels]) as Tensor4D;
    const y = maxOverRegions(lines, depth, each);
    return reshape(y, [batch, depth.length, rows.length, columns.length, channels]);
  }) as X;
}

function byKernel(image: Tensor4D, rows: Regions, columns: Regions): Tensor4D {
  const table = { rows: Int32Array.from(rows.flat()), columns: Int32Array.from(columns.flat()) };
  return differentiable(
    { x: image },
    ({ x }) => ({ value: regionMaxKernel.run({ x }, table), saved: { x } }),
    (dy, { x }) => ({ x: regionMaxGradientKernel.run({ dy, x }, table) }),
  );
}
