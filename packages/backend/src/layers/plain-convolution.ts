import { engine, getBackend, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';
import { type Conv2DLayer, convolutionPrototype, unfused } from './convolution-layer.js';

/** The prototype of tfjs-layers' 2-D convolution, after the change was made. */
let prototype: Conv2DLayer | undefined;

/**
 * Runs convolutions of tfjs-layers that have neither a bias nor an activation on `tf.conv2d` while
 * a gradient is computed, on one backend. Its gradients are computed one by one, so the first layer
 * of a model skips the gradient of the images, which nothing reads. The gradient of tfjs's fused
 * convolution always computes both. Returns false without tfjs-layers.
 */
export async function lazyGradients(backend: string): Promise<boolean> {
  prototype ??= await convolutionPrototype();
  if (!prototype) return false;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: Conv2DLayer, inputs, kwargs) {
        const list = [inputs].flat();
        const isPlain =
          !this.bias &&
          (!this.activation || this.activation.getClassName() === 'linear') &&
          // tfjs refuses several inputs and causal padding.
          list.length === 1 &&
          this.padding !== 'causal';
        if (getBackend() !== backend || engine().state.gradientDepth === 0 || !isPlain) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => unfused(this, list[0] as Tensor4D));
      },
  );
  return true;
}

/** Restores tfjs-layers' 2-D convolution on a backend. */
export function fusedGradients(backend: string): void {
  if (prototype) takeBackMethods(prototype, `${backend}/lazy-gradients`);
}
