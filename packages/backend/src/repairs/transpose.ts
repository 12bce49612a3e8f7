import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** Reorders the axes of integers and booleans. */
export const transpose: Repair = {
  name: 'Transpose of integers',
  wrong: 'writes integers as floats, except for a matrix: its program does not compile',
  backends: ['webgpu'],
  changes: kernelsOn(['webgpu'], ['Transpose']),
  install: async () => {
    const { transposeOnWebGpu } = await import('@ds/kernels/webgpu');
    registerKernels('webgpu', [transposeOnWebGpu]);
  },
};
