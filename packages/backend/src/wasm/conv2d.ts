import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  FusedConv2D,
  type FusedConv2DAttrs,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { convolutionScratch, convolutionSizes } from '../convolution-sizes.js';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';
import { runWinograd, winogradForward } from './winograd.js';

/**
 * The forward convolution by the SIMD kernel, where it is of a form that the kernel has. tfjs's own
 * one pads wrongly in a corner: x [1,2,1,1], filter [1,2,1,1], strides [2,1], 'same' gives 0.
 */
function simdConv2d(
  original: KernelFunc | undefined,
  isPlain: (attrs: FusedConv2DAttrs) => boolean,
): KernelFunc {
  return (args) => {
    const { x, filter, bias } = args.inputs as Record<string, TensorInfo | undefined>;
    const attrs = args.attrs as unknown as Conv2DAttrs & FusedConv2DAttrs;
    const module = kernelModule(args.backend);
    const info = backend_util.computeConv2DInfo(
      x!.shape as [number, number, number, number],
      filter!.shape as [number, number, number, number],
      attrs.strides,
      attrs.dilations,
      attrs.pad,
      attrs.dimRoundingMode,
      false,
      backend_util.convertConv2DDataFormat(attrs.dataFormat),
    );
    const suits =
      info.dataFormat === 'channelsLast' &&
      info.outHeight * info.outWidth > 0 &&
      [x, filter].every((tensor) => tensor!.dtype === 'float32');
    if (!module || !suits || bias || !isPlain(attrs)) return original!(args);
    const y = (args.backend as WasmBackend).makeOutput(info.outShape, 'float32');
    const winograd = winogradForward(info);
    if (winograd) {
      runWinograd(module, [x!, filter!, y], winograd, false);
      return y;
    }
    module.kernels.convolutionForward(
      module.address(x!),
      module.address(filter!),
      module.address(y),
      module.scratch(convolutionScratch(module, info)),
      ...convolutionSizes(info),
    );
    return y;
  };
}

export const conv2dKernel: BackendKernel = {
  kernelName: Conv2D,
  make: (original) => simdConv2d(original, () => true),
};

/** tfjs-layers convolves with this one; with a bias or an activation tfjs's own serves. */
export const fusedConv2dKernel: BackendKernel = {
  kernelName: FusedConv2D,
  make: (original) =>
    simdConv2d(original, ({ activation }) => activation === 'linear' || activation == null),
};
