import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  type TensorInfo,
  zeros,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';

type Shape4D = [number, number, number, number];

/** Wraps a kernel, and returns the result for empty tensors without calling it. */
type Guard<Inputs = never, Attributes = never> = BackendKernel<Inputs, Attributes>['make'];

const GUARDS: Record<string, Guard> = {
  [Conv2D]: forward('conv2d', false),
  [FusedConv2D]: forward('conv2d', false),
  [DepthwiseConv2dNative]: forward('depthwiseConv2d', true),
  [FusedDepthwiseConv2D]: forward('depthwiseConv2d', true),
  [Conv2DBackpropInput]: gradient('inputShape'),
  [Conv2DBackpropFilter]: gradient('filterShape'),
  [DepthwiseConv2dNativeBackpropInput]: gradient('inputShape'),
  [DepthwiseConv2dNativeBackpropFilter]: gradient('filterShape'),
};

/**
 * Wraps the kernels of convolutions for empty tensors. Kernels of convolutions that are not in the
 * list are added. An empty batch, or an output of size 0, gives no values, and gradients of zero.
 * Without these wrappers, tfjs's wasm kernels write into other tensors, and its WebGPU programs
 * refuse buffers of size 0. A negative output size is an error.
 */
export function withEmptyConvolutions(kernels: BackendKernel[]): BackendKernel[] {
  const guarded = kernels.map((kernel): BackendKernel => {
    const guard = GUARDS[kernel.kernelName];
    if (!guard) return kernel;
    return { ...kernel, make: (original) => guard(kernel.make(original)) };
  });
  const missing = Object.keys(GUARDS).filter((name) =>
    kernels.every(({ kernelName }) => kernelName !== name),
  );
  const others = missing.map((kernelName) => ({
    kernelName,
    isWrapper: true,
    make: GUARDS[kernelName]!,
  }));
  return [...guarded, ...others];
}

function forward(
  op: string,
  isDepthwise: boolean,
): Guard<Record<'x' | 'filter', TensorInfo>, Conv2DAttrs> {
  return (kernel) => (args) => {
    const { x, filter } = args.inputs;
    const { strides, dilations, pad, dimRoundingMode, dataFormat } = args.attrs;
    const { outShape, outHeight, outWidth, ...info } = backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      filter.shape as Shape4D,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      isDepthwise,
      backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
    );
    if (outHeight < 0 || outWidth < 0) {
      throw new Error(
        `${op}: the filter must fit into the padded image, got a filter of ` +
          `${info.filterHeight}×${info.filterWidth} for ${info.inHeight}×${info.inWidth} pixels`,
      );
    }
    return outShape.includes(0) ? zeros(outShape) : kernel!(args);
  };
}

function gradient<Name extends string>(
  shapeName: Name,
): Guard<Record<string, TensorInfo>, Record<Name, number[]>> {
  return (kernel) => (args) => {
    const shape = args.attrs[shapeName];
    const shapes = [shape, ...Object.values(args.inputs).map((input) => input.shape)];
    return shapes.some((sizes) => sizes.includes(0)) ? zeros(shape) : kernel!(args);
  };
}
