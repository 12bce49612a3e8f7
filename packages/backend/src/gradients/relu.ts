import { reluGradientKernel } from '@ds/kernels';
import { getBackend, Relu, type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';

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
    return { x: () => reluGradient(dy as Tensor, x) };
  });
}

/** Linear in dy. In x, the derivative is 0 almost everywhere. */
function reluGradient(dy: Tensor, x: Tensor): Tensor {
  return reluGradientKernel.run({ dy, x }, {}, (slope, inputs) => ({
    dy: () => reluGradient(slope, inputs.x),
    x: () => zerosLike(inputs.x),
  }));
}
