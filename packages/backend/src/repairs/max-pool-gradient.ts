import { Kernel } from '@ds/kernels';
import { exactPadding, fittedWindows, type PoolAttrs, poolInfo } from '@ds/kernels/tfjs';
import { getBackend, MaxPool, MaxPoolGrad, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { registerKernels } from '../replacements/kernels.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Sends the gradient of each window to its first maximum. */
export const maxPoolGradient: Repair = {
  name: 'gradient of MaxPool',
  wrong:
    'ignores how sizes were rounded, so that windows are missing; ' +
    'on WebGPU goes to the last of equal values',
  backends: OWN_KERNELS,
  changes: ['gradient MaxPool', 'kernel webgpu/MaxPoolGrad'],
  install: async (backend) => {
    if (backend === 'webgpu') {
      const { maxPoolGradOnWebGpu } = await import('@ds/kernels/webgpu');
      registerKernels('webgpu', [maxPoolGradOnWebGpu]);
    }
    replaceGradient<PoolAttrs>(MaxPool, (original) => (dy, saved, attrs) => {
      if (getBackend() === 'tensorflow') return original.gradFunc(dy, saved, attrs);
      const [x, y] = saved as [Tensor, Tensor];
      return { x: () => maxGradient(dy as Tensor, x, y, attrs) };
    });
  },
};

/** tfjs's gradient kernel. */
const maxPoolGradientKernel = new Kernel<
  { dy: Tensor; input: Tensor; output: Tensor },
  PoolAttrs,
  Tensor
>(MaxPoolGrad);

/** dx of max pooling, from dy, x and y. */
export function maxGradient(dy: Tensor, input: Tensor, output: Tensor, attrs: PoolAttrs): Tensor {
  if (dy.size === 0) return zerosLike(input);
  const windows = fittedWindows(poolInfo(input.shape, attrs), attrs);
  const { filterSize, strides } = windows;
  const pad = exactPadding(poolInfo(input.shape, windows));
  return maxPoolGradientKernel.run({ dy, input, output }, { filterSize, strides, pad });
}
