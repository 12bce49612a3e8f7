import { engine, getBackend, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { registerDilatedGradients } from '../gradients/dilated-convolution.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { type Conv2DLayer, convolutionPrototype, unfused } from './convolution-layer.js';

/** The prototype of tfjs-layers' 2-D convolution, after a backend has requested the change. */
let prototype: Conv2DLayer | undefined;

/**
 * Registers the gradients of a dilated `tf.conv2d` on a backend, and runs dilated convolutions of
 * tfjs-layers on it while a gradient is computed, for every model in the process. tfjs runs them on
 * its fused convolution. The gradient of that refuses dilations, and is in no registry. Without
 * tfjs-layers, there is only the gradient. Returns false if a gradient kernel is missing.
 */
export async function differentiableDilation(backend: string): Promise<boolean> {
  if (!registerDilatedGradients(backend)) {
    plainDilation(backend);
    return false;
  }
  prototype ??= await convolutionPrototype();
  if (!prototype) return true;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: Conv2DLayer, inputs, kwargs) {
        const isDilated = [this.dilationRate].flat().some((step) => step > 1);
        const hasGradient = engine().state.gradientDepth > 0;
        // tfjs refuses causal padding.
        const isUnfused = hasGradient && isDilated && this.padding !== 'causal';
        const [x, ...others] = [inputs].flat();
        // tfjs refuses several inputs.
        if (getBackend() !== backend || !isUnfused || others.length > 0) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => unfused(this, x as Tensor4D));
      },
  );
  return true;
}

/** Restores tfjs-layers' 2-D convolution on a backend. */
export function plainDilation(backend: string): void {
  if (prototype) takeBackMethods(prototype, `${backend}/dilated-gradient`);
}
