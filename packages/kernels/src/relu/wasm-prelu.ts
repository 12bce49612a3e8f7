import { Prelu, type Tensor, tidy, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { rectified } from '../convolution/activation.js';

/**
 * ReLU with slopes for negative values. tfjs's kernel repeats the slopes by the index of the value.
 * That is correct for one slope, and for slopes with the shape of the last axes. Other slopes, for
 * example of shape [H, 1, 1], are broadcast here.
 */
export const preluOnWasm: BackendKernel<Record<'x' | 'alpha', Tensor>, unknown> = {
  kernelName: Prelu,
  make: (original) => (args) => {
    const { x, alpha } = args.inputs;
    const slopes = alpha.shape.slice(alpha.shape.findIndex((size) => size !== 1));
    const areLast = util.arraysEqual(slopes, x.shape.slice(x.rank - slopes.length));
    if (alpha.size === 1 || areLast) return original!(args);
    return tidy(() => rectified(x, alpha));
  },
};
