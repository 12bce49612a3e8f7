import { reluGradientKernel } from '@ds/kernels';
import { getBackend, Relu, type Tensor } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { masked } from './masked.js';

/**
 * Runs the gradient of ReLU on the kernel of a backend. Other backends keep their gradient. The
 * first run registers the kernel's own gradient.
 */
export function registerReluGradient(backend: string): void {
  replaceGradient(Relu, (original) => (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    if (getBackend() !== backend || !reluGradientKernel.isHere()) {
      return original.gradFunc(dy, saved, attrs);
    }
    return { x: () => masked(reluGradientKernel, dy as Tensor, x, {}) };
  });
}
