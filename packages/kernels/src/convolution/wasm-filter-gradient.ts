import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  conv2d,
  slice,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { withChannelsFirst } from './channels-first.js';
import { type Dilated, gradientInfo, requireUndilated, withSizes } from './sizes.js';
import { runWinogradFilterGradient, winogradFilter } from './wasm-winograd.js';

/**
 * Filter gradient of a 2-D convolution:
 *
 * `dF[i,j,a,b] = Σ_{n,p,q} x[n, s p + i − t, s q + j − l, a] · dy[n,p,q,b]`
 *
 * tfjs has no such kernel on wasm. Without the SIMD kernels it is one forward convolution, which
 * runs on XNNPACK: batch and channels are exchanged, dy is the filter, and the stride becomes the
 * dilation.
 */
export const conv2dBackpropFilterOnWasm: BackendKernel<
  Record<'x' | 'dy', Tensor4D>,
  Conv2DBackpropFilterAttrs & Dilated
> = {
  kernelName: Conv2DBackpropFilter,
  make: () =>
    withChannelsFirst(Conv2DBackpropFilter, false, ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs;
      const { filterShape } = attrs;
      const info = gradientInfo(x.shape, filterShape, dy.shape, attrs);
      const module = kernelModule(backend);
      if (module) {
        const { kernels, address, scratch } = module;
        const df = (backend as WasmBackend).makeOutput(filterShape, 'float32');
        const winograd = winogradFilter(info);
        if (winograd) {
          runWinogradFilterGradient(module, [x, dy, df], winograd);
          return df;
        }
        const space = scratch(kernels.convolutionFilterGradientScratch(info));
        kernels.convolutionFilterGradient({
          x: address(x),
          dy: address(dy),
          df: address(df),
          scratch: withSizes(module, space, info),
        });
        return df;
      }
      requireUndilated('Conv2DBackpropFilter', info);
      const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth } = info;
      // No window covers the last rows and columns: a negative padding crops them.
      const bottom = surplus(
        info.outHeight,
        strideHeight,
        filterHeight,
        info.inHeight,
        padInfo.top,
      );
      const right = surplus(info.outWidth, strideWidth, filterWidth, info.inWidth, padInfo.left);
      return tidy(() => {
        const used = slice(
          x,
          [0, 0, 0, 0],
          [
            info.batchSize,
            info.inHeight + Math.min(bottom, 0),
            info.inWidth + Math.min(right, 0),
            info.inChannels,
          ],
        );
        const gradient = conv2d(
          transpose(used, [3, 1, 2, 0]),
          transpose(dy, [1, 2, 0, 3]),
          1,
          [
            [0, 0],
            [padInfo.top, Math.max(bottom, 0)],
            [padInfo.left, Math.max(right, 0)],
            [0, 0],
          ],
          'NHWC',
          [strideHeight, strideWidth],
        );
        return transpose(gradient, [1, 2, 0, 3]);
      });
    }),
};

function surplus(out: number, stride: number, filter: number, size: number, before: number) {
  return (out - 1) * stride + filter - size - before;
}
