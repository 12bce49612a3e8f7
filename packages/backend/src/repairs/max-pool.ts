import { registerKernels } from '../replaced-kernels.js';
import type { Repair } from './repair.js';

/** Starts the maximum at a pixel of the window, so that it can be any number. */
export const maxPool: Repair = {
  name: 'MaxPool',
  wrong: 'begins at −10²⁰, so that it gives no smaller value',
  backends: ['webgpu'],
  changes: ['kernel webgpu/MaxPool'],
  install: async () => {
    const { maxPoolKernel } = await import('@ds/kernels/webgpu');
    registerKernels('webgpu', [maxPoolKernel]);
  },
};
