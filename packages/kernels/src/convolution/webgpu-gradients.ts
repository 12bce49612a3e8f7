import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { tiledProduct } from '../webgpu/tiled-product.js';
import { integers } from '../webgpu/uniform.js';
import type { ProgramUniform, WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { withChannelsFirst } from './channels-first.js';
import { type Conv2DInfo, type Dilated, gradientInfo } from './sizes.js';

/** WGSL: the uniforms with the sizes of a convolution. */
export const SIZES =
  'image : vec2<i32>, output : vec2<i32>, filterSize : vec2<i32>, stride : vec2<i32>, ' +
  'dilation : vec2<i32>, padding : vec2<i32>, channels : vec2<i32>,';

/** Returns the values of `SIZES`. */
export function sizesOf(info: Conv2DInfo): ProgramUniform[] {
  return [
    [info.inHeight, info.inWidth],
    [info.outHeight, info.outWidth],
    [info.filterHeight, info.filterWidth],
    [info.strideHeight, info.strideWidth],
    [info.dilationHeight, info.dilationWidth],
    [info.padInfo.top, info.padInfo.left],
    [info.inChannels, info.outChannels],
  ].map((data) => integers(...data));
}

/** WGSL: splits `index` into `channel` and `taps`, the row and column of a tap. */
const channelAndTaps = (channels: string) => `
      let channel = index % ${channels};
      let tap = index / ${channels};
      let taps = vec2<i32>(tap / uniforms.filterSize.y, tap % uniforms.filterSize.y);`;
/** WGSL: splits `index` into `sample` and `pixel`, a row and a column. */
const sampleAndPixel = (size: string) => `
      let line = index / ${size}.y;
      let pixel = vec2<i32>(line % ${size}.x, index % ${size}.y);
      let sample = line / ${size}.x;`;

/**
 * Filter gradient of a 2-D convolution:
 *
 * `dF[i,j,a,b] = Σ_{n,p,q} x[n, s p + d i − t, s q + d j − l, a] · dy[n,p,q,b]`
 *
 * One tiled product, (taps and channels of x) × (channels of dy), summed over all pixels of the
 * batch. See `tiledProduct` for workgroups and passes. In tfjs's program, one invocation sums all
 * pixels for each value of the filter.
 */
export const conv2dBackpropFilterOnWebGpu: BackendKernel<
  Record<'x' | 'dy', TensorInfo>,
  Conv2DBackpropFilterAttrs & Dilated
> = {
  kernelName: Conv2DBackpropFilter,
  make: () =>
    withChannelsFirst(Conv2DBackpropFilter, false, ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs;
      const info = gradientInfo(x.shape, attrs.filterShape, dy.shape, attrs);
      const { filterHeight, filterWidth, inChannels, outChannels } = info;
      return tiledProduct(
        backend as WebGpuBackend,
        {
          name: 'filter-gradient',
          inputs: ['x', 'dy'],
          halves: ['x'],
          outputShape: attrs.filterShape,
          m: filterHeight * filterWidth * inChannels,
          n: outChannels,
          k: info.batchSize * info.outHeight * info.outWidth,
          uniforms: SIZES,
          places: `
          fn placeM(index : i32) -> vec4<i32> {
            ${channelAndTaps('uniforms.channels.x')}
            return vec4<i32>(taps * uniforms.dilation - uniforms.padding, channel, 0);
          }
          fn placeN(index : i32) -> vec4<i32> { return vec4<i32>(index); }
          fn placeK(index : i32) -> vec4<i32> {
            ${sampleAndPixel('uniforms.output')}
            return vec4<i32>(pixel * uniforms.stride, sample, index);
          }`,
          a: {
            input: 'x',
            runs: 'across',
            at: `
            let at = term.xy + line.xy;
            if (any(at < vec2<i32>(0)) || any(at >= uniforms.image)) { return -1; }
            return ((term.z * uniforms.image.x + at.x) * uniforms.image.y + at.y)
              * uniforms.channels.x + line.z;`,
            inQuads: inChannels % 4 === 0,
          },
          b: {
            input: 'dy',
            runs: 'across',
            at: 'return term.w * uniforms.channels.y + line.x;',
            inQuads: outChannels % 4 === 0,
          },
        },
        [x, dy],
        sizesOf(info),
      );
    }),
};

/**
 * Input gradient of a 2-D convolution:
 *
 * `dx[n,y,z,a] = Σ_{i,j,b} dy[n,p,q,b] · F[i,j,a,b]`
 *
 * The sum is over the taps for which `s p = y + t − d i` and `s q = z + l − d j` have a
 * solution. One tiled product, (pixels of x) × (channels of x), summed over the taps and channels
 * of dy. See `tiledProduct` for workgroups and passes.
 */
export const conv2dBackpropInputOnWebGpu: BackendKernel<
  Record<'dy' | 'filter', TensorInfo>,
  Conv2DBackpropInputAttrs & Dilated
> = {
  kernelName: Conv2DBackpropInput,
  make: () =>
    withChannelsFirst(Conv2DBackpropInput, true, ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs;
      const info = gradientInfo(attrs.inputShape, filter.shape, dy.shape, attrs);
      return tiledProduct(
        backend as WebGpuBackend,
        {
          name: 'input-gradient',
          inputs: ['dy', 'F'],
          outputShape: attrs.inputShape,
          m: info.batchSize * info.inHeight * info.inWidth,
          n: info.inChannels,
          k: info.filterHeight * info.filterWidth * info.outChannels,
          uniforms: SIZES,
          places: `
          fn placeM(index : i32) -> vec4<i32> {
            ${sampleAndPixel('uniforms.image')}
            return vec4<i32>(pixel + uniforms.padding, sample, 0);
          }
          fn placeN(index : i32) -> vec4<i32> { return vec4<i32>(index); }
          fn placeK(index : i32) -> vec4<i32> {
            ${channelAndTaps('uniforms.channels.y')}
            return vec4<i32>(taps * uniforms.dilation, channel, tap);
          }`,
          a: {
            input: 'dy',
            runs: 'deep',
            at: `
            let reached = line.xy - term.xy;
            let at = reached / uniforms.stride;
            if (any(reached < vec2<i32>(0)) || any(at * uniforms.stride != reached)
              || any(at >= uniforms.output)) { return -1; }
            return ((line.z * uniforms.output.x + at.x) * uniforms.output.y + at.y)
              * uniforms.channels.y + term.z;`,
            inQuads: info.outChannels % 4 === 0,
          },
          b: {
            input: 'F',
            runs: 'deep',
            at: 'return (term.w * uniforms.channels.x + line.x) * uniforms.channels.y + term.z;',
            inQuads: info.outChannels % 4 === 0,
          },
        },
        [dy, filter],
        sizesOf(info),
      );
    }),
};
