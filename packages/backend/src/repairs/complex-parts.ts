import type { BackendKernel } from '@ds/kernels/tfjs';
import { Imag, Real, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** Gives both parts of a complex tensor the tensor's shape. */
export const complexParts: Repair = {
  name: 'Real, Imag',
  wrong: 'gives the parts of a transform or of a reshaped tensor the shape of its input',
  backends: ['webgpu'],
  changes: kernelsOn(['webgpu'], ['Real', 'Imag']),
  install: () => registerKernels('webgpu', [Real, Imag].map(part)),
};

const part = (kernelName: string): BackendKernel<{ input: TensorInfo }, unknown> => ({
  kernelName,
  make: (original) => (args) => {
    const { shape } = args.inputs.input;
    return { ...(original!(args) as TensorInfo), shape };
  },
});
