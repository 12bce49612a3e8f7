import { Kernel } from '@ds/kernels';
import { exactPadding, fittedWindows, type PoolAttrs, poolInfo } from '@ds/kernels/tfjs';
import {
  AvgPool,
  AvgPoolGrad,
  getBackend,
  mul,
  type Tensor,
  tensor,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Gradient of the mean over the pixels of a window inside the image. */
export const averagePoolGradient: Repair = {
  name: 'gradient of AvgPool',
  wrong: 'divides by the whole window at borders, but the mean covers only pixels in the image',
  backends: OWN_KERNELS,
  changes: ['gradient AvgPool'],
  install: () =>
    replaceGradient<PoolAttrs>(AvgPool, (original) => (dy, saved, attrs) => {
      // The native library of tfjs-node divides correctly.
      if (getBackend() === 'tensorflow') return original.gradFunc(dy, saved, attrs);
      const [x] = saved as [Tensor];
      return { x: () => averageGradient(dy as Tensor, x, attrs) };
    }),
};

/** tfjs's gradient kernel. */
const averagePoolGradientKernel = new Kernel<{ dy: Tensor; input: Tensor }, PoolAttrs, Tensor>(
  AvgPoolGrad,
);

/**
 * dx of average pooling. Each pixel of a window gets the upstream gradient, divided by the number
 * of the window's pixels inside the image. tfjs's kernels divide by the size of the whole window.
 * So the gradients of windows that cross the border are first multiplied by window/count.
 */
export function averageGradient(dy: Tensor, input: Tensor, attrs: PoolAttrs): Tensor {
  if (dy.size === 0) return zerosLike(input);
  const { filterSize, strides, ...others } = fittedWindows(poolInfo(input.shape, attrs), attrs);
  const info = poolInfo(input.shape, { filterSize, strides, ...others });
  const { top, left } = info.padInfo;
  const rows = coverage(info.outHeight, info.strideHeight, info.filterHeight, top, info.inHeight);
  const columns = coverage(info.outWidth, info.strideWidth, info.filterWidth, left, info.inWidth);
  const isWhole = [...rows, ...columns].every((share) => share === 1);
  const factors = rows.flatMap((row) => columns.map((column) => 1 / (row * column)));
  const raised = isWhole ? dy : mul(dy, tensor(factors, [1, rows.length, columns.length, 1]));
  const windows = { filterSize, strides, pad: exactPadding(info) };
  return averagePoolGradientKernel.run({ dy: raised, input }, windows);
}

/** The fraction of each window along an axis that lies inside the image. */
function coverage(
  count: number,
  stride: number,
  filter: number,
  before: number,
  size: number,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return (Math.min(start + filter, size) - Math.max(start, 0)) / filter;
  });
}
