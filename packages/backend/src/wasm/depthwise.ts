import {
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  FusedDepthwiseConv2D,
  type Tensor4D,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { withChannelsFirst } from '../channels-first.js';
import { asMade, type Conv2DInfo, convolutionSizes, depthwiseInfo } from '../convolution-sizes.js';
import { composedFilterGradient, composedInputGradient } from '../depthwise-composed.js';
import { fusedKernel } from '../fused-convolution.js';
import type { BackendKernel } from '../replaced-kernels.js';
import { activatedInPlace } from './activation.js';
import { paddedByNumbers } from './conv2d.js';
import { type KernelModule, kernelModule, type WasmBackend } from './kernel-module.js';

/**
 * A depthwise convolution, `y[n,p,q,aM+m] = Σ_{i,j} x[n, s p + d i − t, s q + d j − l, a]
 * F[i,j,a,m]`. tfjs's own kernel gives 0 for some sizes of 'same'.
 */
export const depthwiseConv2dKernel: BackendKernel = {
  kernelName: DepthwiseConv2dNative,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNative, true, (args) => {
      const { x, filter } = args.inputs as Record<'x' | 'filter', TensorInfo>;
      const attrs = args.attrs as unknown as DepthwiseConv2dNativeAttrs;
      const info = depthwiseInfo(x.shape, filter.shape, attrs);
      const module = kernelModule(args.backend);
      const backend = args.backend as WasmBackend;
      const suits = [x, filter].every((tensor) => tensor.dtype === 'float32');
      if (!module || !suits) return original!(paddedByNumbers(args, info));
      const y = backend.makeOutput(info.outShape, 'float32');
      const wide = repeated(module, backend, x, info);
      run(module, 'depthwiseForward', [wide, filter, y], info);
      if (wide !== x) backend.disposeData(wide.dataId);
      return y;
    }),
};

/** With bias and activation, like `FusedConv2D`. */
export const fusedDepthwiseConv2dKernel: BackendKernel = {
  kernelName: FusedDepthwiseConv2D,
  make: () => fusedKernel(FusedDepthwiseConv2D, DepthwiseConv2dNative, activatedInPlace),
};

/**
 * Its gradient in the image. tfjs has no kernel for it on wasm. Without the SIMD kernels it is
 * composed.
 */
export const depthwiseBackpropInputKernel: BackendKernel = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropInput, true, (args) => {
      const { dy, filter } = args.inputs as unknown as Record<'dy' | 'filter', Tensor4D>;
      const attrs = args.attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
      const info = asMade(depthwiseInfo(attrs.inputShape, filter.shape, attrs), dy.shape);
      const module = kernelModule(args.backend);
      if (!module) return composedInputGradient(dy, filter, info);
      const backend = args.backend as WasmBackend;
      const dx = backend.makeOutput(info.inShape, 'float32');
      const times = multiplier(info);
      if (times === 1) {
        run(module, 'depthwiseInputGradient', [dy, filter, dx], info);
        return dx;
      }
      const { batchSize, inHeight, inWidth, outChannels } = info;
      const wide = backend.makeOutput([batchSize, inHeight, inWidth, outChannels], 'float32');
      run(module, 'depthwiseInputGradient', [dy, filter, wide], info);
      const { kernels, address } = module;
      kernels.sumRuns(address(wide), address(dx), util.sizeFromShape(info.inShape), times);
      backend.disposeData(wide.dataId);
      return dx;
    }),
};

/**
 * Its gradient in the filter. tfjs has no kernel for it on wasm. Without the SIMD kernels it is
 * composed.
 */
export const depthwiseBackpropFilterKernel: BackendKernel = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropFilter, false, (args) => {
      const { x, dy } = args.inputs as unknown as Record<'x' | 'dy', Tensor4D>;
      const attrs = args.attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
      const info = asMade(depthwiseInfo(x.shape, attrs.filterShape, attrs), dy.shape);
      const module = kernelModule(args.backend);
      if (!module) return composedFilterGradient(x, dy, info);
      const backend = args.backend as WasmBackend;
      const df = backend.makeOutput(attrs.filterShape, 'float32');
      const wide = repeated(module, backend, x, info);
      run(module, 'depthwiseFilterGradient', [wide, dy, df], info);
      if (wide !== x) backend.disposeData(wide.dataId);
      return df;
    }),
};

/** The number of filters per channel. */
function multiplier({ inChannels, outChannels }: Conv2DInfo): number {
  return outChannels / inChannels;
}

/** Returns x with each channel repeated as often as it has filters. */
function repeated(
  { kernels, address }: KernelModule,
  backend: WasmBackend,
  x: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const times = multiplier(info);
  if (times === 1) return x;
  const wide = backend.makeOutput([...x.shape.slice(0, 3), info.outChannels], 'float32');
  kernels.repeatValues(address(x), address(wide), util.sizeFromShape(x.shape), times);
  return wide;
}

/** Runs a kernel of `assembly/depthwise.ts`. These kernels know only one filter per channel. */
function run(
  { kernels, address }: KernelModule,
  kernel: 'depthwiseForward' | 'depthwiseInputGradient' | 'depthwiseFilterGradient',
  tensors: TensorInfo[],
  info: Conv2DInfo,
): void {
  const [batch, height, width, , outHeight, outWidth, channels, ...rest] = convolutionSizes(info);
  const sizes = [batch, height, width, channels, outHeight, outWidth, ...rest] as number[];
  kernels[kernel](...tensors.map(address), ...sizes);
}
