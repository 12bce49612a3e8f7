import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  ResizeBilinearGrad,
  type ResizeBilinearGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import type { Repair } from './repair.js';

/** Gives the gradient the shape of the images. Its values are right. */
export const resizeBilinearGradient: Repair = {
  name: 'gradient of ResizeBilinear',
  wrong: 'has the width for the height and the height for the width',
  backends: ['cpu'],
  changes: ['kernel cpu/ResizeBilinearGrad'],
  install: () => registerKernels('cpu', [inTheShapeOfImages]),
};

const inTheShapeOfImages: BackendKernel<
  Record<'dy' | 'images', TensorInfo>,
  ResizeBilinearGradAttrs
> = {
  kernelName: ResizeBilinearGrad,
  isWrapper: true,
  make: (original) => (args) => {
    const gradient = original!(args) as TensorInfo;
    return { ...gradient, shape: args.inputs.images.shape };
  },
};
