import {
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  getBackend,
  getGradient,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  type Tensor,
  unregisterGradient,
} from '@tensorflow/tfjs-core';

/** Backends whose gradient kernels of this package take dilations. */
const DILATED = new Set<string>();

/**
 * Gives `tf.conv2d` a gradient on a backend where it is dilated, which tfjs refuses: the kernels of this package have it.
 * Everything else, and every other backend, keeps tfjs's own.
 */
export function acceleratedDilation(backend: string): void {
  const isFirst = DILATED.size === 0;
  DILATED.add(backend);
  const original = getGradient(Conv2D);
  if (!original || !isFirst) return;
  unregisterGradient(Conv2D);
  registerGradient({
    ...original,
    gradFunc: (upstream, saved, attrs) => {
      const { dilations } = attrs as unknown as Conv2DAttrs;
      const isDilated = [dilations].flat().some((step) => step > 1);
      if (!isDilated || !DILATED.has(getBackend()))
        return original.gradFunc(upstream, saved, attrs);
      const dy = upstream as Tensor;
      const [x, filter] = saved as [Tensor, Tensor];
      const run = (kernel: string, inputs: NamedTensorMap, shape: Record<string, number[]>) =>
        engine().runKernel(kernel, inputs, { ...attrs, ...shape } as NamedAttrMap) as Tensor;
      return {
        x: () => run(Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
        filter: () => run(Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
      };
    },
  });
}
