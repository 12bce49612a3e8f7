import {
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedDepthwiseConv2D,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { withChannelsFirst } from '../convolution/channels-first.js';
import { type FusedConvolution, fusedKernel } from '../convolution/fused.js';
import { asMade, type Conv2DInfo, convolutionSizes, depthwiseInfo } from '../convolution/sizes.js';
import { activatedInPlace } from '../convolution/wasm-activation.js';
import { paddedByNumbers } from '../convolution/wasm-forward.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import {
  composedFilterGradient,
  composedInputGradient,
  type DepthwiseFilterGradient,
  type DepthwiseInputGradient,
} from './composed.js';

/**
 * Depthwise convolution:
 *
 * `y[n,p,q,aM+m] = Σ_{i,j} x[n, s p + d i − t, s q + d j − l, a] · F[i,j,a,m]`
 *
 * tfjs's own kernel returns 0 for some sizes of 'same'.
 */
export const depthwiseConv2dOnWasm: BackendKernel<
  Record<'x' | 'filter', TensorInfo>,
  DepthwiseConv2dNativeAttrs
> = {
  kernelName: DepthwiseConv2dNative,
  make: (original) =>
    withChannelsFirst(DepthwiseConv2dNative, true, (args) => {
      const { x, filter } = args.inputs;
      const info = depthwiseInfo(x.shape, filter.shape, args.attrs);
      const module = kernelModule(args.backend);
      const backend = args.backend as WasmBackend;
      const suits = [x, filter].every((tensor) => tensor.dtype === 'float32');
      if (!module || !suits) return original!(paddedByNumbers(args, info));
      const y = backend.makeOutput(info.outShape, 'float32');
      const wide = repeated(module, backend, x, info);
      const { kernels, address } = module;
      const addresses = { x: address(wide), f: address(filter), y: address(y) };
      kernels.depthwiseForward({ ...addresses, ...depthwiseSizes(info) });
      if (wide !== x) backend.disposeData(wide.dataId);
      return y;
    }),
};

/** Depthwise convolution with bias and activation, like `FusedConv2D`. */
export const fusedDepthwiseConv2dOnWasm: FusedConvolution = {
  kernelName: FusedDepthwiseConv2D,
  make: () => fusedKernel(FusedDepthwiseConv2D, DepthwiseConv2dNative, activatedInPlace),
};

/**
 * Input gradient of a depthwise convolution. tfjs has no such kernel on wasm. Without the SIMD
 * kernels it is composed.
 */
export const depthwiseBackpropInputOnWasm: DepthwiseInputGradient = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropInput, true, (args) => {
      const { attrs } = args;
      const { dy, filter } = args.inputs;
      const info = asMade(depthwiseInfo(attrs.inputShape, filter.shape, attrs), dy.shape);
      const module = kernelModule(args.backend);
      if (!module) return composedInputGradient(dy, filter, info);
      const backend = args.backend as WasmBackend;
      const dx = backend.makeOutput(info.inShape, 'float32');
      const { kernels, address } = module;
      const sizes = depthwiseSizes(info);
      const times = multiplier(info);
      if (times === 1) {
        const addresses = { dy: address(dy), f: address(filter), dx: address(dx) };
        kernels.depthwiseInputGradient({ ...addresses, ...sizes });
        return dx;
      }
      const { batchSize, inHeight, inWidth, outChannels } = info;
      const wide = backend.makeOutput([batchSize, inHeight, inWidth, outChannels], 'float32');
      const addresses = { dy: address(dy), f: address(filter), dx: address(wide) };
      kernels.depthwiseInputGradient({ ...addresses, ...sizes });
      const count = util.sizeFromShape(info.inShape);
      kernels.sumRuns({ x: address(wide), y: address(dx), count, size: times });
      backend.disposeData(wide.dataId);
      return dx;
    }),
};

/**
 * Filter gradient of a depthwise convolution. tfjs has no such kernel on wasm. Without the SIMD
 * kernels it is composed.
 */
export const depthwiseBackpropFilterOnWasm: DepthwiseFilterGradient = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropFilter, false, (args) => {
      const { attrs } = args;
      const { x, dy } = args.inputs;
      const info = asMade(depthwiseInfo(x.shape, attrs.filterShape, attrs), dy.shape);
      const module = kernelModule(args.backend);
      if (!module) return composedFilterGradient(x, dy, info);
      const backend = args.backend as WasmBackend;
      const df = backend.makeOutput(attrs.filterShape, 'float32');
      const wide = repeated(module, backend, x, info);
      const { kernels, address } = module;
      const addresses = { x: address(wide), dy: address(dy), df: address(df) };
      kernels.depthwiseFilterGradient({ ...addresses, ...depthwiseSizes(info) });
      if (wide !== x) backend.disposeData(wide.dataId);
      return df;
    }),
};

/** Returns the number of filters per channel. */
function multiplier({ inChannels, outChannels }: Conv2DInfo): number {
  return outChannels / inChannels;
}

/** Returns x with each channel repeated once per filter. */
function repeated(
  { kernels, address }: KernelModule,
  backend: WasmBackend,
  x: TensorInfo,
  info: Conv2DInfo,
): TensorInfo {
  const times = multiplier(info);
  if (times === 1) return x;
  const wide = backend.makeOutput([...x.shape.slice(0, 3), info.outChannels], 'float32');
  const count = util.sizeFromShape(x.shape);
  kernels.repeatValues({ x: address(x), y: address(wide), count, times });
  return wide;
}

/** The sizes of a depthwise convolution. The SIMD kernels take one filter per channel. */
function depthwiseSizes(info: Conv2DInfo) {
  return { ...convolutionSizes(info), channels: info.outChannels };
}
