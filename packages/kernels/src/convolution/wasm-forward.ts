import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  FusedConv2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelCall } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { withChannelsFirst } from './channels-first.js';
import { type FusedConvolution, fusedKernel } from './fused.js';
import { type Conv2DInfo, outerPadding, withSizes } from './sizes.js';
import { activatedInPlace } from './wasm-activation.js';
import { runWinograd, winogradForward } from './wasm-winograd.js';

/**
 * Forward convolution by the SIMD kernels. Without them tfjs's own kernel runs, with explicit
 * padding.
 */
export const conv2dOnWasm: BackendKernel<Record<'x' | 'filter', TensorInfo>, Conv2DAttrs> = {
  kernelName: Conv2D,
  make: (original) =>
    withChannelsFirst(Conv2D, true, (args) => {
      const { attrs } = args;
      const { x, filter } = args.inputs;
      const module = kernelModule(args.backend);
      const info = backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        filter.shape as [number, number, number, number],
        attrs.strides,
        attrs.dilations ?? 1,
        attrs.pad,
        attrs.dimRoundingMode,
      );
      const backend = args.backend as WasmBackend;
      const suits = [x, filter].every((tensor) => tensor.dtype === 'float32');
      if (!module || !suits) return original!(paddedByNumbers(args, info));
      const y = backend.makeOutput(info.outShape, 'float32');
      const winograd = winogradForward(info);
      if (winograd) {
        runWinograd(module, [x, filter, y], winograd, false);
        return y;
      }
      const { kernels, address, scratch } = module;
      kernels.convolutionForward({
        x: address(x),
        f: address(filter),
        y: address(y),
        scratch: withSizes(module, scratch(kernels.convolutionForwardScratch(info)), info),
      });
      return y;
    }),
};

/**
 * The fused convolution of tfjs-layers: convolution, bias and activation. tfjs's own kernel refuses
 * a bias that is not one value per channel, and channels first. If no slope is given, it uses 0.
 */
export const fusedConv2dOnWasm: FusedConvolution = {
  kernelName: FusedConv2D,
  make: () => fusedKernel(FusedConv2D, Conv2D, activatedInPlace),
};

/**
 * Makes the padding of a call explicit, so that the last windows end at the border. tfjs's wasm
 * kernels compute the output size again. That size is wrong if sizes are rounded up. It is also
 * wrong if the windows of 'same' do not cover the image, (out − 1) · stride + filter < size:
 * then all values are 0.
 */
export function paddedByNumbers<Inputs>(
  args: KernelCall<Inputs, Conv2DAttrs>,
  info: Conv2DInfo,
): KernelCall<Inputs, Conv2DAttrs> {
  const pad = outerPadding(info);
  return { ...args, attrs: { ...args.attrs, pad, dimRoundingMode: 'floor' } };
}
