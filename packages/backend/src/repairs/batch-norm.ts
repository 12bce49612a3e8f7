import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  add,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  mul,
  rsqrt,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { summedTo } from '../gradients/broadcast-sum.js';
import { replaceGradient } from '../replacements/gradients.js';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/** The backends whose kernel repeats the statistics in the order of memory. */
const REPEATING = ['cpu', 'wasm'];

/** Broadcasts statistics of any axis, such as [1, C, 1, 1] of a batch norm with channels first. */
export const batchNorm: Repair = {
  name: 'FusedBatchNorm and its gradient',
  wrong:
    'takes statistics of another axis than the last for those of the last, on cpu and wasm; ' +
    'its gradient does not sum over the other axes',
  backends: OWN_KERNELS,
  changes: [...kernelsOn(REPEATING, [FusedBatchNorm]), 'gradient FusedBatchNorm'],
  install: (backend) => {
    if (REPEATING.includes(backend)) registerKernels(backend, [broadcasting]);
    replaceGradient<FusedBatchNormAttrs>(FusedBatchNorm, ({ gradFunc }) => (dy, saved, attrs) => {
      const [, mean] = saved as [Tensor, Tensor];
      return mean.rank === 1 ? gradFunc(dy, saved, attrs) : gradients(dy as Tensor, saved, attrs);
    });
  },
};

interface BatchNormInputs extends Record<'x' | 'mean' | 'variance', Tensor> {
  offset?: Tensor;
  scale?: Tensor;
}

const broadcasting: BackendKernel<BatchNormInputs, FusedBatchNormAttrs> = {
  kernelName: FusedBatchNorm,
  isWrapper: true,
  make: (original) => (args) => {
    const { x, mean, variance, offset, scale } = args.inputs;
    const isInOrder = [mean, variance, offset, scale].every(
      (one) => !one || one.size === (one.shape.at(-1) ?? 1) || one.size === x.size,
    );
    if (isInOrder) return original!(args);
    return tidy(() => {
      const normal = mul(sub(x, mean), rsqrt(add(variance, args.attrs.varianceEpsilon)));
      const scaled = scale ? mul(normal, scale) : normal;
      return offset ? add(scaled, offset) : scaled;
    });
  },
};

/**
 * The gradients of `y = (x − mean) / √(variance + ε) · scale + offset`. The offset, which tfjs does
 * not save, has the shape of the mean.
 */
function gradients(dy: Tensor, saved: Tensor[], { varianceEpsilon }: FusedBatchNormAttrs) {
  const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
  const factor = () => rsqrt(add(variance, varianceEpsilon));
  const scaledDy = () => (scale ? mul(dy, scale) : dy);
  return {
    x: () => tidy(() => mul(scaledDy(), factor())),
    mean: () => tidy(() => summedTo(mul(mul(scaledDy(), factor()), -1), mean.shape)),
    variance: () =>
      tidy(() => {
        const cube = mul(mul(factor(), factor()), factor());
        return summedTo(mul(mul(mul(scaledDy(), sub(x, mean)), cube), -0.5), variance.shape);
      }),
    scale: () => tidy(() => summedTo(mul(mul(dy, sub(x, mean)), factor()), (scale ?? mean).shape)),
    offset: () => summedTo(dy, mean.shape),
  };
}
