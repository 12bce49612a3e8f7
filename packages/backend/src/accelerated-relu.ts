import { engine, getBackend, getKernel, Relu, type Tensor } from '@tensorflow/tfjs-core';
import { replaceGradient } from './replaced-gradients.js';

/** dx from dy and x. */
export const RELU_GRAD = 'ReluGrad';

/** Lets the gradient of ReLU use the kernel of a backend. Other backends keep their gradient. */
export function acceleratedRelu(backend: string): void {
  replaceGradient(Relu, (original) => (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    if (getBackend() !== backend || !getKernel(RELU_GRAD, backend)) {
      return original.gradFunc(dy, saved, attrs);
    }
    return { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor };
  });
}
