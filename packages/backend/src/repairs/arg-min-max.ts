import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** `argMax` and `argMin` return the first of equal values, at every length. */
export const argMinMax: Repair = {
  name: 'ArgMax, ArgMin',
  wrong: 'returns any of equal values for 32 entries or more',
  backends: ['webgpu'],
  changes: kernelsOn(['webgpu'], ['ArgMax', 'ArgMin']),
  install: async () => {
    const { argMaxOnWebGpu, argMinOnWebGpu } = await import('@ds/kernels/webgpu');
    registerKernels('webgpu', [argMaxOnWebGpu, argMinOnWebGpu]);
  },
};
