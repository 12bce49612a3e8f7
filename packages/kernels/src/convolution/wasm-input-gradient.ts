import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  conv2d,
  depthToSpace,
  pad as padTensor,
  reshape,
  reverse,
  slice,
  type Tensor4D,
  type TensorInfo,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { withChannelsFirst } from './channels-first.js';
import {
  type Conv2DInfo,
  type Dilated,
  gradientInfo,
  reachAcross,
  reachDown,
  requireUndilated,
  withSizes,
} from './sizes.js';
import { runWinograd, winogradBackward } from './wasm-winograd.js';

/**
 * Input gradient of a 2-D convolution, as a forward convolution of dy. tfjs's wasm kernel is a
 * naive loop (2.3 GFLOP/s measured, against 20–27 of the forward convolution).
 *
 * With y + t = s q + r, `dx[y] = Σ_i dy[i] F[y + t − s i] = Σ_j dy[q − j] F[r + s j]`. Each
 * phase r of the stride is a convolution of dy with every s-th tap, reversed. One convolution
 * computes all phases as groups of output channels, which are then interleaved. At stride 1 there
 * is one phase, r = 0. If the SIMD kernels are linked, they compute larger strides.
 */
export const conv2dBackpropInputOnWasm: BackendKernel<
  Record<'dy' | 'filter', Tensor4D>,
  Conv2DBackpropInputAttrs & Dilated
> = {
  kernelName: Conv2DBackpropInput,
  make: (original) =>
    withChannelsFirst(Conv2DBackpropInput, true, (args) => {
      const { attrs } = args;
      const { dy, filter } = args.inputs;
      const info = gradientInfo(attrs.inputShape, filter.shape, dy.shape, attrs);
      const stride = info.strideHeight;
      const module = kernelModule(args.backend);
      if (module) {
        const { kernels, address } = module;
        const dx = (args.backend as WasmBackend).makeOutput(info.inShape, 'float32');
        const winograd = winogradBackward(info);
        if (winograd) {
          runWinograd(module, [dy, filter, dx], winograd, true);
          return dx;
        }
        if (stride === 1 && info.strideWidth === 1 && isWithinFilter(info)) {
          forwardOfRotated(module, dy, filter, dx, info);
          return dx;
        }
        const more = kernels.convolutionInputGradientScratch(info);
        const swapped = turnFilter(module, filter, false, more);
        kernels.convolutionInputGradient({
          dy: address(dy),
          ft: swapped,
          dx: address(dx),
          scratch: withSizes(module, swapped + 4 * turnedFloats(module, filter), info),
        });
        return dx;
      }
      requireUndilated('Conv2DBackpropInput', info);
      if (stride !== info.strideWidth) {
        return original!(args);
      }
      const { top, left } = info.padInfo;
      const { inHeight, inWidth, inChannels, outChannels } = info;
      const tapsH = Math.ceil(info.filterHeight / stride);
      const tapsW = Math.ceil(info.filterWidth / stride);
      const rows = Math.ceil((inHeight + top) / stride);
      const columns = Math.ceil((inWidth + left) / stride);
      return tidy(() => {
        const phases = filterPhases(filter, stride, tapsH, tapsW);
        // With very large padding, the last rows of dy do not reach the input. They are sliced off.
        const upstream = slice(
          dy,
          [0, 0, 0, 0],
          [
            dy.shape[0],
            Math.min(info.outHeight, rows),
            Math.min(info.outWidth, columns),
            outChannels,
          ],
        );
        const interleaved = conv2d(upstream, phases, 1, [
          [0, 0],
          [tapsH - 1, rows - upstream.shape[1]],
          [tapsW - 1, columns - upstream.shape[2]],
          [0, 0],
        ]);
        const padded = stride === 1 ? interleaved : depthToSpace(interleaved, stride);
        return slice(padded, [0, top, left, 0], [dy.shape[0], inHeight, inWidth, inChannels]);
      });
    }),
};

/** Whether the padding of the gradient's convolution is not negative. */
function isWithinFilter(info: Conv2DInfo): boolean {
  return info.padInfo.top <= reachDown(info) && info.padInfo.left <= reachAcross(info);
}

/** At stride 1 the input gradient is the forward convolution of dy with the rotated filter. */
function forwardOfRotated(
  module: KernelModule,
  dy: Tensor4D,
  filter: Tensor4D,
  dx: TensorInfo,
  info: Conv2DInfo,
): void {
  const { kernels, address } = module;
  const turned: Conv2DInfo = {
    ...info,
    inHeight: info.outHeight,
    inWidth: info.outWidth,
    inChannels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    outChannels: info.inChannels,
    padInfo: {
      ...info.padInfo,
      top: reachDown(info) - info.padInfo.top,
      left: reachAcross(info) - info.padInfo.left,
    },
  };
  const rotated = turnFilter(module, filter, true, kernels.convolutionForwardScratch(turned));
  kernels.convolutionForward({
    x: address(dy),
    f: rotated,
    y: address(dx),
    scratch: withSizes(module, rotated + 4 * turnedFloats(module, filter), turned),
  });
}

function turnedFloats({ kernels }: KernelModule, filter: Tensor4D): number {
  const [height, width, inChannels, outChannels] = filter.shape;
  return kernels.turnedFilterFloats({ taps: height * width, inChannels, outChannels });
}

/**
 * Writes the filter with its channels exchanged to the start of scratch space, rotated if asked.
 * `more` floats of scratch follow it.
 */
function turnFilter(
  module: KernelModule,
  filter: Tensor4D,
  isRotated: boolean,
  more: number,
): number {
  const [height, width, inChannels, outChannels] = filter.shape;
  const { kernels, address, scratch } = module;
  const target = scratch(turnedFloats(module, filter) + more);
  const taps = height * width;
  kernels.turnFilter({ f: address(filter), target, taps, inChannels, outChannels, isRotated });
  return target;
}

/** Filters of all phases, taps reversed: [tapsH, tapsW, out channels, phases · in channels]. */
function filterPhases(filter: Tensor4D, stride: number, tapsH: number, tapsW: number): Tensor4D {
  const [height, width, inChannels, outChannels] = filter.shape;
  const whole = padTensor(filter, [
    [0, tapsH * stride - height],
    [0, tapsW * stride - width],
    [0, 0],
    [0, 0],
  ]);
  if (stride === 1) return transpose(reverse(whole, [0, 1]), [0, 1, 3, 2]);
  const split = reshape(whole, [tapsH, stride, tapsW, stride, inChannels, outChannels]);
  const grouped = transpose(split, [0, 2, 5, 1, 3, 4]);
  return reverse(
    reshape(grouped, [tapsH, tapsW, outChannels, stride * stride * inChannels]),
    [0, 1],
  ) as Tensor4D;
}
