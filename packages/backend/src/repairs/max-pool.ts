import { registerKernels } from '../replacements/kernels.js';
import type { Repair } from './repair.js';

/** Starts the maximum at a pixel of the window, so that it may have any magnitude. */
export const maxPool: Repair = {
  name: 'MaxPool',
  wrong: 'starts at −10²⁰, and so returns no smaller value',
  backends: ['webgpu'],
  changes: ['kernel webgpu/MaxPool'],
  install: async () => {
    const { maxPoolKernel } = await import('@ds/kernels/webgpu');
    registerKernels('webgpu', [maxPoolKernel]);
  },
};
