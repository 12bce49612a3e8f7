import { Imag, type KernelFunc, Real, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** Gives both parts of a complex tensor the tensor's shape. */
export const complexParts: Repair = {
  name: 'Real, Imag',
  wrong: 'gives the parts of a transform or of a reshaped tensor the shape of its input',
  backends: ['webgpu'],
  changes: kernelsOn(['webgpu'], ['Real', 'Imag']),
  install: () => {
    const make = (original: KernelFunc | undefined): KernelFunc => {
      return (args) => {
        const { shape } = args.inputs.input as TensorInfo;
        return { ...(original!(args) as TensorInfo), shape };
      };
    };
    registerKernels('webgpu', [
      { kernelName: Real, make },
      { kernelName: Imag, make },
    ]);
  },
};
