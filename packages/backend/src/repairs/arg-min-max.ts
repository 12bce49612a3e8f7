import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** `argMax` and `argMin` find the first of equal values, at every length. */
export const argMinMax: Repair = {
  name: 'ArgMax, ArgMin',
  wrong: 'takes any of equal values from 32 entries on',
  backends: ['webgpu'],
  changes: kernelsOn(['webgpu'], ['ArgMax', 'ArgMin']),
  install: async () => {
    const { argMaxKernel, argMinKernel } = await import('@ds/kernels/webgpu');
    registerKernels('webgpu', [argMaxKernel, argMinKernel]);
  },
};
