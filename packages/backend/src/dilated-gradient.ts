import {
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  getBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from './replaced-gradients.js';
import { isReplaced } from './replaced-kernels.js';

/**
 * Gives `tf.conv2d` a gradient with dilations on a backend. tfjs refuses it, but the kernels of
 * this package have it. Everything else, and every other backend, keeps tfjs's own. Returns false
 * if one of both kernels is missing.
 */
export function acceleratedDilation(backend: string): boolean {
  // tfjs's kernels of these names ignore dilations, so only ours count.
  const hasKernels = () =>
    [Conv2DBackpropFilter, Conv2DBackpropInput].every((kernel) =>
      isReplaced(backend, kernel, `${backend}/${kernel}`),
    );
  if (!hasKernels()) return false;
  replaceGradient(Conv2D, (original) => (upstream, saved, attrs) => {
    const { dilations } = attrs as unknown as Conv2DAttrs;
    const isDilated = [dilations].flat().some((step) => step > 1);
    if (!isDilated || getBackend() !== backend || !hasKernels()) {
      return original.gradFunc(upstream, saved, attrs);
    }
    const dy = upstream as Tensor;
    const [x, filter] = saved as [Tensor, Tensor];
    const run = (kernel: string, inputs: NamedTensorMap, shape: Record<string, number[]>) =>
      engine().runKernel(kernel, inputs, { ...attrs, ...shape } as NamedAttrMap) as Tensor;
    return {
      x: () => run(Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
      filter: () => run(Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    };
  });
  return true;
}
