import {
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  getBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from './replaced-gradients.js';

/**
 * The backends on which this package's gradient kernels take dilations, and channels that come
 * first.
 */
const COMPLETE = new Set<string>();

/**
 * Gives `tf.depthwiseConv2d` its gradients on a backend, also with dilations and with channels
 * first. tfjs refuses dilations, and forgets that channels come first. Every other backend keeps
 * tfjs's own gradients.
 */
export function completeDepthwise(backend: string): void {
  COMPLETE.add(backend);
  replaceGradient(DepthwiseConv2dNative, (original) => (upstream, saved, attrs) => {
    if (!COMPLETE.has(getBackend())) return original.gradFunc(upstream, saved, attrs);
    const dy = upstream as Tensor;
    const [x, filter] = saved as [Tensor, Tensor];
    // tfjs-layers passes null if dilations are not given.
    const dilations = (attrs as unknown as DepthwiseConv2dNativeAttrs).dilations ?? 1;
    const run = (kernel: string, inputs: NamedTensorMap, shape: Record<string, number[]>) =>
      engine().runKernel(kernel, inputs, {
        ...attrs,
        dilations,
        ...shape,
      } as NamedAttrMap) as Tensor;
    return {
      x: () => run(DepthwiseConv2dNativeBackpropInput, { dy, filter }, { inputShape: x.shape }),
      filter: () =>
        run(DepthwiseConv2dNativeBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    };
  });
}
