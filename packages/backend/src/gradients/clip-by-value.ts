import { clampGradientKernel } from '@ds/kernels';
import { ClipByValue, type ClipByValueAttrs, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { masked } from './masked.js';

/**
 * Runs the gradient of `tf.clipByValue` on the kernel of a backend. A ReLU with a largest value has
 * this gradient in tfjs-layers. Other backends keep their gradient. The first run registers the
 * kernel's own gradient.
 */
export function registerClipByValueGradient(backend: string): void {
  replaceGradient<ClipByValueAttrs>(ClipByValue, (original) => (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const isFloat = x.dtype === 'float32' && (dy as Tensor).dtype === 'float32';
    if (getBackend() !== backend || !isFloat || !clampGradientKernel.isHere()) {
      return original.gradFunc(dy, saved, attrs);
    }
    const { clipValueMin: low, clipValueMax: high } = attrs;
    return { x: () => masked(clampGradientKernel, dy as Tensor, x, { low, high }) };
  });
}
