import {
  engine,
  getBackend,
  getGradient,
  getKernel,
  Relu,
  registerGradient,
  type Tensor,
  unregisterGradient,
} from '@tensorflow/tfjs-core';

/** dx from dy and x. */
export const RELU_GRAD = 'ReluGrad';

let isAccelerated = false;

/** Lets ReLU's gradient use the kernel on backends that have it, and stay as it was elsewhere. */
export function acceleratedRelu(): void {
  const original = getGradient(Relu);
  if (!original || isAccelerated) return;
  isAccelerated = true;
  unregisterGradient(Relu);
  registerGradient({
    ...original,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved as [Tensor];
      if (!getKernel(RELU_GRAD, getBackend())) return original.gradFunc(dy, saved, attrs);
      return { x: () => engine().runKernel(RELU_GRAD, { dy: dy as Tensor, x }) as Tensor };
    },
  });
}
